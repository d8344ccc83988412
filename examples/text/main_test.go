package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The words and numbers that are printed are the same on every machine.
func TestText(t *testing.T) {
	text, err := unpack(novel)
	if err != nil {
		t.Fatal(err)
	}
	c := read(text)
	weights := c.weights()
	similar := similarities(weights)
	var out strings.Builder
	c.report(&out, weights, similar)
	for _, want := range []string{
		"36 chapters, 71092 words, 7160 of them different\n",
		"      II  ling, whitewash, chow, ting, dong, mars\n",
		"      VI  spunk, tooth, bean, warts, wart, meow\n",
		"   XXIII  counsel, potter, prosecution, witness, audience, client\n",
		"    XXIX and XXX    0.162  welshman, sons, widow, cave\n     XXV and XXVI   0.155  shovel, pick, dollars, kings\n",
		"      IX and X      0.140  potter, howl, hucky, muff\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	for i := range c.names {
		if s := similar.At(i, i); s < 1-1e-12 || s > 1+1e-12 {
			t.Errorf("chapter %s is similar to itself by %v", c.names[i], s)
		}
	}
}

// Two chapters without a common word, and one word that all have.
func TestWeights(t *testing.T) {
	c := read("CHAPTER I\nThe whale's whale swims.\nCHAPTER II\n'The' boat sinks.\n")
	w := c.weights()
	if got := strings.Join(c.terms, " "); got != "boat sinks swims the whale" {
		t.Fatalf("terms %q", got)
	}
	if s := similarities(w).At(0, 1); s != 0 {
		t.Errorf("similarity %v", s)
	}
	if the := w.At(0, 3); the != 0 || w.At(0, 4) <= w.At(0, 2) || c.counts.At(0, 4) != 2 {
		t.Errorf("weights %v, counts %v", w, c.counts)
	}
}

func TestDraw(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.png")
	c := read("CHAPTER I\na b\nCHAPTER II\nb c\nCHAPTER III\nd")
	w := similarities(c.weights())
	if err := draw(file, w); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil || img.Bounds().Dx() != 48 {
		t.Fatalf("%v, %v", img.Bounds(), err)
	}
	dark := func(x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r < 1<<15 }
	if !dark(1, 1) || !dark(20, 1) || dark(40, 1) {
		t.Error("the squares are wrong")
	}
}
