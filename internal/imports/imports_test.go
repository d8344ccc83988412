// Package imports holds the rule of who may import whom, as a test.
package imports

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/weftgo/weft"

const (
	cpuid  = "github.com/klauspost/cpuid/v2"
	gonum  = "gonum.org/v1/gonum"
	purego = "github.com/ebitengine/purego"
	xsync  = "golang.org/x/sync"
	xsys   = "golang.org/x/sys"
	cu     = "gorgonia.org/cu"
)

// rules says for each tree of packages what its packages may import beside the
// standard library and each other. The longest path that fits decides.
var rules = []struct {
	tree    string
	ours    []string // packages, or trees if they end in /...
	foreign []string // modules; "*" is any but gonum
}{
	// Assembly and the vocabulary stand on nothing.
	{"asm/avx2", nil, nil},
	{"asm/avx512", nil, nil},
	{"asm/base", nil, nil},
	{"asm/internal/kerneltest", nil, nil},
	{"internal/op", nil, nil},
	{"internal/cost", nil, nil},

	// Backends. cpu and cuda don't know each other, nor who calls them.
	{"fallback", []string{"internal/op"}, nil},
	{"cpu", []string{"asm/...", "fallback", "internal/op"}, []string{cpuid, xsys}},
	{"cuda", []string{"internal/op"}, []string{purego, cu, xsys}},

	// What people import.
	{"kernels", []string{"cpu", "internal/cost", "internal/op"}, nil},
	{"kernels/estimate", []string{"kernels", "kernels/limits", "internal/cost", "internal/op"}, nil},
	{"kernels/limits", []string{"cpu"}, nil},
	{"kernels/blas", []string{"kernels", "internal/op"}, []string{gonum}},
	{"kernels/array", []string{"kernels", "kernels/blas", "kernels/lapack", "kernels/vmath", "internal/op"}, []string{gonum}},
	{"kernels/vmath", []string{"kernels", "internal/op"}, nil},
	{"kernels/par", []string{"cpu", "kernels"}, []string{xsync}},
	{"kernels/rand", []string{"kernels", "kernels/par", "kernels/vmath"}, nil},
	{"kernels/lapack", []string{"kernels", "kernels/blas", "internal/op"}, []string{gonum}},

	{"dist", []string{"kernels", "kernels/array", "kernels/lapack", "internal/op"}, []string{purego, gonum}},

	// What proves and measures.
	{"internal/fixture", []string{"internal/op"}, nil},
	{"internal/fixture/placed", []string{"internal/fixture", "internal/op", "kernels"}, nil},
	{"internal/imports", nil, nil},
	{"internal/ulp", []string{"internal/fixture", "internal/op", "kernels"}, nil},
	{"bench", []string{"kernels/..."}, []string{gonum, "*"}},
	{"cmd", []string{"bench/...", "cuda", "dist", "internal/fixture", "internal/op", "kernels/..."}, []string{gonum, "*"}},
	{"examples", []string{"cuda", "dist", "kernels/..."}, []string{gonum, "*"}},
}

// TestImports reads all Go files rather than ask go list, which shows those of
// one system and one set of build tags. Tests may import more: their own
// package's fixtures, peers to compare with.
func TestImports(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			_, noModule := os.Stat(filepath.Join(file, "go.mod"))
			hidden := strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata"
			if file != root && (hidden || noModule == nil) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		rule, ok := ruleFor(path.Dir(rel))
		if !ok {
			t.Errorf("%s: no rule covers this package", rel)
			return nil
		}
		used[rules[rule].tree] = true
		if strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if why := forbidden(rule, imported); why != "" {
				t.Errorf("%s imports %s: %s", rel, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(used) < 8 {
		t.Errorf("found packages of %d rules only, in %s", len(used), root)
	}
}

// ruleFor returns the rule for the package in dir.
func ruleFor(dir string) (rule int, ok bool) {
	longest := -1
	for i, r := range rules {
		if within(dir, r.tree) && len(r.tree) > longest {
			rule, longest = i, len(r.tree)
		}
	}
	return rule, longest >= 0
}

// within reports whether path p is tree or lies in it.
func within(p, tree string) bool { return p == tree || strings.HasPrefix(p, tree+"/") }

// forbidden returns why the rule does not allow an import, or "".
func forbidden(rule int, imported string) string {
	r := rules[rule]
	if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
		to, _ := ruleFor(ours)
		if to == rule || slices.ContainsFunc(r.ours, func(allowed string) bool {
			tree, whole := strings.CutSuffix(allowed, "/...")
			return ours == tree || whole && within(ours, tree)
		}) {
			return ""
		}
		return fmt.Sprintf("%s may import %v of this module", r.tree, r.ours)
	}
	first, _, _ := strings.Cut(imported, "/")
	if !strings.Contains(first, ".") {
		return "" // the standard library
	}
	for _, allowed := range r.foreign {
		if within(imported, allowed) || allowed == "*" && !within(imported, gonum) {
			return ""
		}
	}
	return fmt.Sprintf("%s may import %v of other modules", r.tree, r.foreign)
}

// The rules say what they are meant to say.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"asm/avx2", module + "/internal/op", false},
		{"asm/avx2", "unsafe", true},
		{"cpu", module + "/cuda", false},
		{"cpu", module + "/asm/avx512", true},
		{"cpu", module + "/kernels", false},
		{"cpu", cpuid, true},
		{"cuda/internal/driver", module + "/cpu", false},
		{"cuda", module + "/cuda/internal/driver", true},
		{"cuda", module + "/internal/op", true},
		{"kernels", module + "/fallback", false},
		{"kernels", module + "/dist", false},
		{"dist", module + "/kernels/array", true},
		{"dist", module + "/cpu", false},
		{"dist", purego, true},
		{"kernels", module + "/cuda", false},
		{"kernels", gonum + "/blas", false},
		{"kernels/blas", gonum + "/blas", true},
		{"kernels/blas", module + "/cpu", false},
		{"kernels/blas/use", module + "/kernels/blas", true},
		{"kernels/lapack", module + "/kernels", true},
		{"internal/fixture", module + "/kernels", false},
		{"internal/fixture", module + "/fallback", false},
		{"cmd/weft", module + "/internal/fixture", true},
		{"cmd/weft", module + "/cpu", false},
		{"bench", module + "/cpu", false},
		{"bench", module + "/kernels/limits", true},
		{"bench", "golang.org/x/sys/unix", true},
		{"fallback", "golang.org/x/sys/cpu", false},
		{"kernels", "gonum.org/v1/gonumerics", false},
	} {
		rule, ok := ruleFor(c.from)
		if !ok {
			t.Errorf("no rule for %s", c.from)
			continue
		}
		if why := forbidden(rule, c.to); (why == "") != c.ok {
			t.Errorf("%s imports %s: allowed %v, want %v", c.from, c.to, why == "", c.ok)
		}
	}
	if rule, ok := ruleFor("kernelsx"); ok {
		t.Errorf("%s covers kernelsx", rules[rule].tree)
	}
}
