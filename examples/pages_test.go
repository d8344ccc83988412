// Package examples holds the pages of the examples to what the programs print.
package examples

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPages compares the page beside each example with the output that its test
// asks for.
func TestPages(t *testing.T) {
	pages := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "main_test.go" {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		_, rest, ok := strings.Cut(string(text), "\t// Output:\n")
		if !ok {
			return nil // what it prints is not the same everywhere
		}
		var want strings.Builder
		for line := range strings.Lines(rest) {
			if !strings.HasPrefix(line, "\t//") {
				break
			}
			line = strings.TrimPrefix(strings.TrimPrefix(line, "\t//"), " ")
			if line != "\n" {
				want.WriteString("    ")
			}
			want.WriteString(line)
		}
		page := filepath.Join(filepath.Dir(file), "README.md")
		got, err := os.ReadFile(page)
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(got), want.String()) {
			t.Errorf("%s does not show\n%s", page, &want)
		}
		pages++
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if pages < 5 {
		t.Errorf("only %d examples were found", pages)
	}
}
