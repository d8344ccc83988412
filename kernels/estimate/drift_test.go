package estimate

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// The walks have the blocks of the packages that they foretell.
func TestBlocksAreThoseOfTheKernels(t *testing.T) {
	theirs := constants(t, "../blas")
	for name, v := range constants(t, "../lapack") {
		theirs[name] = v
	}
	shared := 0
	for name, ours := range constants(t, ".") {
		v, ok := theirs[name]
		if !ok {
			continue
		}
		shared++
		if !constant.Compare(ours, token.EQL, v) {
			t.Errorf("%s is %v here and %v there", name, ours, v)
		}
	}
	if shared < 15 {
		t.Errorf("%d constants have the names of kernels/blas and kernels/lapack", shared)
	}
}

// constants returns the numbers that have a name in the package of a folder, in
// its functions, too.
func constants(t *testing.T, folder string) map[string]constant.Value {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, error %v", folder, len(files), err)
	}
	found := make(map[string]constant.Value)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			d, ok := n.(*ast.GenDecl)
			if !ok || d.Tok != token.CONST {
				return true
			}
			for _, s := range d.Specs {
				s := s.(*ast.ValueSpec)
				for i, x := range s.Values {
					if v, err := types.Eval(fset, nil, token.NoPos, types.ExprString(x)); err == nil && v.Value != nil {
						found[s.Names[i].Name] = v.Value
					}
				}
			}
			return true
		})
	}
	return found
}
