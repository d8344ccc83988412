package kernels
import ("testing";"math/rand";"fmt")
func run[T Float](t *testing.T, ta,tb Transpose, m,n,k int, alpha,beta T){
	mk:=func(r,c int) Matrix[T]{ x:=Matrix[T]{Rows:r,Cols:c,Stride:c+3,Data:make([]T,r*(c+3))}; for i:=range x.Data {x.Data[i]=T(rand.NormFloat64())}; return x}
	a:=mk(m,k); if ta==Trans {a=mk(k,m)}
	b:=mk(k,n); if tb==Trans {b=mk(n,k)}
	c:=mk(m,n)
	var ref []T
	for _,name:=range []string{"fallback","avx2"} {
		e,err:=Open[T](name); if err!=nil {t.Fatal(err)}
		for _,w:=range []int{1,2} {
		d:=append([]T(nil),c.Data...)
		e.WithWorkers(w).Gemm(ta,tb,alpha,a,b,beta,Matrix[T]{Rows:c.Rows,Cols:c.Cols,Data:d,Stride:c.Stride})
		if ref==nil {ref=d}
		for i:=range d { if d[i]!=ref[i] {t.Fatalf("%s %d %c%c %d %d %d: %v != %v at %d", name,w,ta,tb,m,n,k,d[i],ref[i],i)}}
		}
	}
}
func TestQuick(t *testing.T){
	for i:=0;i<300;i++ {
		m,n,k:=1+rand.Intn(70),1+rand.Intn(70),1+rand.Intn(70)
		if i%10==0 {m,n,k=m*4,n*4,k*4}
		ta,tb:=NoTrans,NoTrans; if i&1==1 {ta=Trans}; if i&2==2 {tb=Trans}
		run[float32](t,ta,tb,m,n,k,[]float32{1,1.3}[i>>2&1],[]float32{0,1,0.7}[i%3])
		run[float64](t,ta,tb,m,n,k,[]float64{1,1.3}[i>>2&1],[]float64{0,1,0.7}[i%3])
	}
}
func bg[T Float](b *testing.B, name string){
  for _,n:=range []int{8,16,17,32,33,64,128,256,512,1024,2048} { for _,w:=range []int{1,2} {
	if w==2 && n<64 {continue}
	e,_:=Open[T](name); e=e.WithWorkers(w)
	x,y,z:=NewMatrix[T](n,n),NewMatrix[T](n,n),NewMatrix[T](n,n)
	for i:=range x.Data {x.Data[i]=T(i%7);y.Data[i]=T(i%5)}
	b.Run(fmt.Sprintf("%T/%s/n=%d/w=%d",*new(T),name,n,w),func(b *testing.B){
		for i:=0;i<b.N;i++ { e.Gemm(NoTrans,NoTrans,1,x,y,0,z) }
		b.ReportMetric(float64(b.N)*2*float64(n)*float64(n)*float64(n)/float64(b.Elapsed().Nanoseconds()),"GFLOPS")
	})
  }}
}
func BenchmarkG(b *testing.B){ bg[float32](b,"avx2"); bg[float64](b,"avx2") }
func BenchmarkF(b *testing.B){ bg[float32](b,"fallback"); bg[float64](b,"fallback") }
func BenchmarkDot(b *testing.B){
	for _,n:=range []int{16,64,256,1000,10000,100000,1000000,10000000} {
	x:=make([]float32,n); y:=make([]float32,n); for i:=range x {x[i]=1}
	e,_:=Open[float32]("avx2")
	b.Run(fmt.Sprintf("dot/%d",n),func(b *testing.B){ for i:=0;i<b.N;i++ {e.Dot(x,y)}; b.ReportMetric(float64(b.N)*float64(n)*8/float64(b.Elapsed().Nanoseconds()),"GB/s") })
	b.Run(fmt.Sprintf("sum/%d",n),func(b *testing.B){ for i:=0;i<b.N;i++ {e.Sum(x)}; b.ReportMetric(float64(b.N)*float64(n)*4/float64(b.Elapsed().Nanoseconds()),"GB/s") })
	b.Run(fmt.Sprintf("max/%d",n),func(b *testing.B){ for i:=0;i<b.N;i++ {e.Max(x)}; b.ReportMetric(float64(b.N)*float64(n)*4/float64(b.Elapsed().Nanoseconds()),"GB/s") })
	}
}
func TestAlloc(t *testing.T){
	e,_:=Open[float32]("avx2")
	f:=func(){ var x,y [64]float32; for i:=range x {x[i]=float32(i)}; e.Dot(x[:],y[:]); e.Sum(x[:]); e.Axpy(1,x[:],y[:]); Sum(x[:])
	  var c [64]float32
	  e.Gemm(NoTrans,NoTrans,1,Matrix[float32]{8,8,x[:],8},Matrix[float32]{8,8,y[:],8},0,Matrix[float32]{8,8,c[:],8})
	  e.Gemm(NoTrans,NoTrans,2,Matrix[float32]{8,8,x[:],8},Matrix[float32]{8,8,y[:],8},0,Matrix[float32]{8,8,c[:],8})
	  e.Gemm(NoTrans,Trans,2,Matrix[float32]{8,8,x[:],8},Matrix[float32]{8,8,y[:],8},0,Matrix[float32]{8,8,c[:],8})
	  e.Gemv(NoTrans,2,Matrix[float32]{8,8,x[:],8},y[:8],0,c[:8])
	}
	f()
	t.Log(testing.AllocsPerRun(100,f))
}
