package array

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every name that docs/numpy.md gives for a call here is one of this package,
// and every exported function is named there.
func TestNumPyTable(t *testing.T) {
	functions, methods := exported(t)
	text, err := os.ReadFile("../../docs/numpy.md")
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile("`[^`]*`")
	call := regexp.MustCompile(`(\.?)\b([A-Z]\w*)\b`)
	named := map[string]bool{}
	rows := 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "/"), " | ")
		if len(cells) != 2 || !strings.HasPrefix(line, "|") {
			continue
		}
		rows++
		for _, snippet := range code.FindAllString(cells[1], -1) {
			for _, m := range call.FindAllStringSubmatch(snippet, -1) {
				name := m[2]
				switch {
				case m[1] == ".":
					if !methods[name] && !outside[name] {
						t.Errorf("docs/numpy.md: no method %s in %s", name, snippet)
					}
				case !functions[name]:
					t.Errorf("docs/numpy.md: no function %s in %s", name, snippet)
				}
				named[name] = true
			}
		}
	}
	if rows < 40 {
		t.Fatalf("only %d rows of calls", rows)
	}
	for name := range functions {
		if !named[name] && !named[strings.TrimSuffix(name, "To")] && !unnamed[name] {
			t.Errorf("docs/numpy.md does not name %s", name)
		}
	}
}

// What the table uses of other packages.
var outside = map[string]bool{"Println": true, "Matrix": true, "Vector": true, "Inf": true, "Is": true}

// What NumPy has nothing like, and types.
var unnamed = map[string]bool{
	"Array": true, "Element": true, "Number": true, "Float": true, "Integer": true, "Index": true, "Option": true,
	"Metric": true, "Npz": true, "NpzWriter": true, "FormatError": true, "MaxDims": true, "All": true,
}

// exported returns the package's exported functions, types, constants and
// variables, and its methods.
func exported(t *testing.T) (functions, methods map[string]bool) {
	functions, methods = map[string]bool{}, map[string]bool{}
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil {
					methods[d.Name.Name] = true
				} else if d.Name.IsExported() {
					functions[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						functions[s.Name.Name] = s.Name.IsExported()
					case *ast.ValueSpec:
						for _, n := range s.Names {
							if n.IsExported() {
								functions[n.Name] = true
							}
						}
					}
				}
			}
		}
	}
	for name, ok := range functions {
		if !ok {
			delete(functions, name)
		}
	}
	return functions, methods
}
