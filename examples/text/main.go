// Text weighs the words of a novel's chapters by tf-idf, prints the words that
// tell most about some of them and the pairs of chapters that are most alike, and
// draws the similarity of all.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	_ "embed"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/weftgo/weft/kernels/array"
)

//go:embed tom-sawyer.txt.gz
var novel []byte

func main() {
	picture := flag.String("png", "", "draw the similarities to this `file`")
	flag.Parse()
	text, err := unpack(novel)
	if err != nil {
		log.Fatal(err)
	}
	t := read(text)
	weights := t.weights()
	similar := similarities(weights)
	t.report(os.Stdout, weights, similar)
	if *picture != "" {
		if err := draw(*picture, similar); err != nil {
			log.Fatal(err)
		}
	}
}

func unpack(data []byte) (string, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(z)
	return string(text), err
}

// chapters is a text: how often each term is in each chapter.
type chapters struct {
	names  []string
	terms  []string              // in alphabetical order
	counts *array.Array[float64] // chapters × terms
}

var heading = regexp.MustCompile(`(?m)^(?:CHAPTER ([IVXL]+)|CONCLUSION)$`)

// read counts the words of a text with chapters. A word is a run of letters,
// with an apostrophe within it, in small letters.
func read(text string) chapters {
	var t chapters
	var words [][]string
	places := heading.FindAllStringSubmatchIndex(text, -1)
	for i, p := range places {
		end := len(text)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		name := "end"
		if p[2] >= 0 {
			name = text[p[2]:p[3]]
		}
		t.names = append(t.names, name)
		w := strings.FieldsFunc(strings.ToLower(text[p[1]:end]), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
		for k := range w {
			w[k] = strings.TrimSuffix(strings.Trim(w[k], "'"), "'s")
		}
		words = append(words, w)
		t.terms = append(t.terms, w...)
	}
	slices.Sort(t.terms)
	t.terms = slices.Compact(t.terms)
	if t.terms[0] == "" {
		t.terms = t.terms[1:]
	}
	t.counts = array.Zeros[float64](len(words), len(t.terms))
	for i, w := range words {
		for _, s := range w {
			if k, ok := slices.BinarySearch(t.terms, s); ok {
				t.counts.Set(t.counts.At(i, k)+1, i, k)
			}
		}
	}
	return t
}

// weights returns tf-idf, with logarithms for both: (1 + ln c)·ln(N/n) for a term
// that is c times in a chapter, and in n of N chapters. Rows are divided by their
// norms. (G. Salton, C. Buckley, Information Processing & Management 24(5), 1988,
// where it is "ltc".)
func (t *chapters) weights() *array.Array[float64] {
	one := array.Scalar(1.0)
	zero := array.Scalar(0.0)
	there := array.Greater(t.counts, zero)
	tf := array.Select(there, array.Add(one, array.Log(array.Maximum(t.counts, one))), zero)
	in := array.Convert[float64](array.Count(there, array.Axis(0)))
	idf := array.Log(array.Div(array.Scalar(float64(len(t.names))), in))
	w := array.Mul(tf, idf)
	return array.Div(w, array.Norm(w, 2, array.Axis(1), array.KeepDims()))
}

// similarities returns the cosines of all pairs of rows.
func similarities(weights *array.Array[float64]) *array.Array[float64] {
	return array.MatMul(weights, weights.T())
}

// report prints what there is to tell.
func (t *chapters) report(w io.Writer, weights, similar *array.Array[float64]) {
	n := len(t.names)
	fmt.Fprintf(w, "%d chapters, %.0f words, %d of them different\n\nmost telling words\n",
		n, array.Sum(t.counts).At(), len(t.terms))
	_, top := array.TopK(weights, 6, 1)
	for i, name := range t.names {
		var words []string
		for k := range 6 {
			words = append(words, t.terms[top.At(i, k)])
		}
		fmt.Fprintf(w, "%8s  %s\n", name, strings.Join(words, ", "))
	}
	type pair struct {
		i, j int
		s    float64
	}
	var pairs []pair
	for i := range n {
		for j := range i {
			pairs = append(pairs, pair{j, i, similar.At(i, j)})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Or(cmp.Compare(b.s, a.s), cmp.Compare(a.i, b.i)) })
	fmt.Fprintf(w, "\nmost similar chapters\n")
	for _, p := range pairs[:8] {
		// What they share, the words with the largest products first.
		_, shared := array.TopK(array.Mul(weights.View(array.At(p.i)), weights.View(array.At(p.j))), 4, 0)
		var words []string
		for k := range 4 {
			words = append(words, t.terms[shared.At(k)])
		}
		fmt.Fprintf(w, "%8s and %-6s %.3f  %s\n", t.names[p.i], t.names[p.j], p.s, strings.Join(words, ", "))
	}
}

// draw writes the similarities as squares, dark where chapters are alike.
func draw(file string, similar *array.Array[float64]) error {
	const side = 16
	n := similar.Shape()[0]
	most := 0.0 // but for those of a chapter with itself
	for i := range n {
		for j := range i {
			most = max(most, similar.At(i, j))
		}
	}
	img := image.NewGray(image.Rect(0, 0, n*side, n*side))
	for y := range n * side {
		for x := range n * side {
			s := min(similar.At(y/side, x/side)/most, 1)
			img.SetGray(x, y, color.Gray{Y: uint8(255 * (1 - s))})
		}
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := png.Encode(f, img); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
