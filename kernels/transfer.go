package kernels

import (
	"context"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// Upload places a copy of m on the stream's device, with rows side by side. m
// may be changed as soon as Upload returns; the copy is there for work that is
// enqueued later. The error says that memory can't be had.
func Upload[T Float](st *Stream, m Matrix[T]) (PlacedMatrix[T], error) {
	if !fits(&m) {
		unfit("Upload", "m", &m)
	}
	p, err := PlaceMatrix[T](st.s.of, m.Rows, m.Cols)
	if err != nil {
		return p, err
	}
	return p, UploadTo(st, p, m)
}

// UploadVector is [Upload] for a vector.
func UploadVector[T Float](st *Stream, x []T) (PlacedVector[T], error) {
	p, err := PlaceVector[T](st.s.of, len(x))
	if err != nil {
		return p, err
	}
	return p, UploadVectorTo(st, p, x)
}

// UploadTo copies src to dst, of the same shape. src may be changed as soon as
// UploadTo returns, which is when it has been copied to memory that the device
// reads: only the last few megabytes may be on their way. The error says that
// such memory can't be had; dst is undefined then.
func UploadTo[T Float](st *Stream, dst PlacedMatrix[T], src Matrix[T]) error {
	if !fits(&src) {
		unfit("UploadTo", "src", &src)
	}
	sameShape("UploadTo", "src", src.Rows, src.Cols, dst.m.Rows, dst.m.Cols, "dst")
	s := st.begin("UploadTo")
	defer st.end()
	s.use("UploadTo", "dst", dst.at)
	rows, cols, stride := src.Rows, src.Cols, src.Stride
	if rows == 0 || cols == 0 {
		return nil
	}
	if dst.whole() && (stride == cols || rows == 1) {
		rows, cols = 1, rows*cols // one long row
	}
	for i := range rows {
		if err := st.put(addr(dst.m.Data[i*dst.m.Stride:]), unsafe.Pointer(&src.Data[i*stride]), cols*op.Size[T]()); err != nil {
			return &DeviceError{s.of.name, "UploadTo", err}
		}
	}
	return nil
}

// UploadVectorTo is [UploadTo] for a vector.
func UploadVectorTo[T Float](st *Stream, dst PlacedVector[T], src []T) error {
	sideBySide("UploadVectorTo", "dst", dst)
	sameLen("UploadVectorTo", "src", dst.v.N, src, "length of dst")
	return UploadTo(st, dst.Matrix(1, dst.v.N), Matrix[T]{Rows: 1, Cols: len(src), Data: src, Stride: max(len(src), 1)})
}

// put copies bytes of the host's to the device, through memory that the device
// reads by itself.
func (st *Stream) put(dst, src unsafe.Pointer, bytes int) error {
	for bytes > 0 {
		n := min(bytes, stagingBytes)
		p, err := st.stage(n)
		if err != nil {
			return err
		}
		copy(unsafe.Slice((*byte)(p), n), unsafe.Slice((*byte)(src), n))
		st.queue.Copy(dst, p, n, op.ToDevice)
		if bytes -= n; bytes > 0 {
			dst, src = unsafe.Add(dst, n), unsafe.Add(src, n)
		}
	}
	return nil
}

// Download copies src to dst, of the same shape, and returns when all is there:
// when the work enqueued so far is over. On an error, that of [Stream.Wait] or
// of memory that can't be had, dst is as it was; if ctx ends before, Download
// returns ctx.Err() and dst stays as it was.
func Download[T Float](ctx context.Context, st *Stream, dst Matrix[T], src PlacedMatrix[T]) error {
	if !fits(&dst) {
		unfit("Download", "dst", &dst)
	}
	sameShape("Download", "dst", dst.Rows, dst.Cols, src.m.Rows, src.m.Cols, "src")
	rows, cols := dst.Rows, dst.Cols
	if rows == 0 || cols == 0 {
		return nil
	}
	buf, err := NewPinned[T](st.s.of, rows*cols)
	if err != nil {
		return err
	}
	defer buf.Free()
	if src.whole() {
		DownloadOn(st, buf, src.Vector())
	} else {
		for i := range rows {
			DownloadOn(st, buf.Slice(i*cols, (i+1)*cols), src.Row(i))
		}
	}
	if err := st.Wait(ctx); err != nil {
		return err
	}
	for i := range rows {
		copy(dst.Data[i*dst.Stride:][:cols], buf.data[i*cols:])
	}
	return nil
}

// DownloadVector is [Download] for a vector.
func DownloadVector[T Float](ctx context.Context, st *Stream, dst []T, src PlacedVector[T]) error {
	sideBySide("DownloadVector", "src", src)
	sameLen("DownloadVector", "dst", src.v.N, dst, "length of src")
	return Download(ctx, st, Matrix[T]{Rows: 1, Cols: len(dst), Data: dst, Stride: max(len(dst), 1)}, src.Matrix(1, src.v.N))
}

// UploadOn enqueues a copy of src to dst, which are equally long. src must not
// be changed before the copy is over.
func UploadOn[T Float](st *Stream, dst PlacedVector[T], src *Pinned[T]) {
	sideBySide("UploadOn", "dst", dst)
	sameLen("UploadOn", "src", dst.v.N, src.data, "length of dst")
	copyOn(st, "UploadOn", addr(dst.v.Data), dst.at, addr(src.data), src.at, dst.v.N*op.Size[T](), op.ToDevice)
}

// DownloadOn enqueues a copy of src to dst, which are equally long. dst has its
// new contents when the copy is over.
func DownloadOn[T Float](st *Stream, dst *Pinned[T], src PlacedVector[T]) {
	sideBySide("DownloadOn", "src", src)
	sameLen("DownloadOn", "dst", src.v.N, dst.data, "length of src")
	copyOn(st, "DownloadOn", addr(dst.data), dst.at, addr(src.v.Data), src.at, src.v.N*op.Size[T](), op.ToHost)
}

// CopyVectorOn enqueues a copy of src to dst, which are equally long, on the
// same device, and share no element.
func CopyVectorOn[T Float](st *Stream, dst, src PlacedVector[T]) {
	sideBySide("CopyVectorOn", "dst", dst)
	sideBySide("CopyVectorOn", "src", src)
	sameLen("CopyVectorOn", "src", dst.v.N, src.v.Data, "length of dst")
	noOverlap("CopyVectorOn", "dst", dst.v.Data, "src", src.v.Data, false)
	copyOn(st, "CopyVectorOn", addr(dst.v.Data), dst.at, addr(src.v.Data), src.at, dst.v.N*op.Size[T](), op.OnDevice)
}

// CopyOn enqueues a copy of src to dst, of the same shape, on the same device.
// They share no element.
func CopyOn[T Float](st *Stream, dst, src PlacedMatrix[T]) {
	sameShape("CopyOn", "src", src.m.Rows, src.m.Cols, dst.m.Rows, dst.m.Cols, "dst")
	if dst.m.Rows == 0 || dst.m.Cols == 0 {
		return
	}
	noOverlapMatrix("CopyOn", "dst", &dst.m, "src", &src.m)
	if dst.whole() && src.whole() {
		copyOn(st, "CopyOn", addr(dst.m.Data), dst.at, addr(src.m.Data), src.at, dst.m.Rows*dst.m.Cols*op.Size[T](), op.OnDevice)
		return
	}
	for i := range dst.m.Rows {
		CopyVectorOn(st, dst.Row(i), src.Row(i))
	}
}

func copyOn(st *Stream, call string, dst unsafe.Pointer, dstAt *placement, src unsafe.Pointer, srcAt *placement, bytes int, d op.Direction) {
	s := st.begin(call)
	defer st.end()
	s.use(call, "dst", dstAt)
	s.use(call, "src", srcAt)
	if bytes > 0 {
		st.queue.Copy(dst, src, bytes, d)
	}
}

// addr returns where x lies, be it on the host or on a device.
func addr[T Float](x []T) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

func sameShape(call, arg string, rows, cols, wantRows, wantCols int, of string) {
	if rows != wantRows {
		mismatch(call, arg, rows, "row", wantRows, "rows of "+of)
	}
	if cols != wantCols {
		mismatch(call, arg, cols, "column", wantCols, "columns of "+of)
	}
}
