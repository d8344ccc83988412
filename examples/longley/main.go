// Longley fits a linear model by least squares to Longley's data, the classic
// of ill-conditioned problems, on gonum's mat with weft beneath it, and compares
// the coefficients with those that NIST certifies.
package main

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/weftgo/weft/kernels/blas"
	"github.com/weftgo/weft/kernels/lapack"
	"gonum.org/v1/gonum/mat"
)

//go:embed longley.csv
var data string

// certified is the coefficients that NIST gives in its Statistical Reference
// Datasets, in the order of the columns.
var certified = []float64{
	-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683,
	-1.03322686717359, -0.0511041056535807, 1829.15146461355,
}

func main() {
	blas.Use()   // from here on gonum's BLAS is weft's
	lapack.Use() // and its LAPACK
	names, x, y, err := read(data)
	if err != nil {
		log.Fatal(err)
	}
	qr, err := fit(x, y)
	if err != nil {
		log.Fatal(err)
	}
	normal, err := fitNormal(x, y)
	if err != nil {
		log.Fatal(err)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tcertified\tQR\tdigits\tnormal equations\tdigits\t")
	for i, name := range names {
		fmt.Fprintf(w, "%s\t%.15g\t%.15g\t%.1f\t%.15g\t%.1f\t\n", name, certified[i],
			qr[i], digits(qr[i], certified[i]), normal[i], digits(normal[i], certified[i]))
	}
	w.Flush()
}

// read returns the names of the coefficients, the matrix with a column of ones
// before the six variables, and the number employed.
func read(text string) (names []string, x *mat.Dense, y *mat.VecDense, err error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, nil, nil, err
	}
	names = append([]string{"intercept"}, rows[0][2:]...)
	rows = rows[1:]
	x, y = mat.NewDense(len(rows), len(names), nil), mat.NewVecDense(len(rows), nil)
	for i, row := range rows {
		x.Set(i, 0, 1)
		for j, field := range row[1:] {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return nil, nil, nil, fmt.Errorf("row %d: %w", i+1, err)
			}
			if j == 0 {
				y.SetVec(i, v)
			} else {
				x.Set(i, j, v)
			}
		}
	}
	return names, x, y, nil
}

// fit returns the coefficients b that make ‖x*b - y‖ least, by a QR
// factorisation of x.
func fit(x *mat.Dense, y *mat.VecDense) ([]float64, error) {
	var qr mat.QR
	qr.Factorize(x)
	var b mat.VecDense
	err := qr.SolveVecTo(&b, false, y)
	return b.RawVector().Data, err
}

// fitNormal does the same by a Cholesky factorisation of xᵀ*x, whose condition
// number is the square of that of x: the way that loses the digits. Columns are
// divided by their norms first; as they are, mat calls the matrix singular.
func fitNormal(x *mat.Dense, y *mat.VecDense) ([]float64, error) {
	var z mat.Dense
	z.CloneFrom(x)
	_, n := z.Dims()
	norms := make([]float64, n)
	for j := range n {
		c := z.ColView(j).(*mat.VecDense)
		norms[j] = mat.Norm(c, 2)
		c.ScaleVec(1/norms[j], c)
	}
	products := mat.NewSymDense(n, nil)
	products.SymOuterK(1, z.T())
	var chol mat.Cholesky
	if !chol.Factorize(products) {
		return nil, errors.New("the matrix of products is not positive definite")
	}
	var right, b mat.VecDense
	right.MulVec(z.T(), y)
	if err := chol.SolveVecTo(&b, &right); err != nil {
		return nil, err
	}
	for j := range n {
		b.SetVec(j, b.AtVec(j)/norms[j])
	}
	return b.RawVector().Data, nil
}

// digits returns how many decimal digits of x agree with want, at most the 15
// that are certified: NIST's log relative error.
func digits(x, want float64) float64 {
	return min(15, -math.Log10(math.Abs(x-want)/math.Abs(want)))
}
