package dist

import (
	"fmt"
	"slices"
	"testing"
)

// A rank combines its own part, in its place, with those of the others in the
// order of the tree: numbers of ranks that mpirun does not get here.
func TestTree(t *testing.T) {
	join := func(z, x, y []string) {
		for i := range z {
			z[i] = "(" + x[i] + " " + y[i] + ")"
		}
	}
	want := []string{2: "(0 1)", 3: "((0 1) 2)", 4: "((0 1) (2 3))", 5: "(((0 1) (2 3)) 4)", 6: "(((0 1) (2 3)) (4 5))",
		7: "(((0 1) (2 3)) ((4 5) 6))", 8: "(((0 1) (2 3)) ((4 5) (6 7)))", 9: "((((0 1) (2 3)) ((4 5) (6 7))) 8)"}
	for size := 2; size < len(want); size++ {
		for rank := range size {
			for _, inPlace := range []bool{true, false} {
				mine := slices.Repeat([]string{fmt.Sprint(rank)}, 2)
				var y []string
				for i := range size {
					y = append(y, fmt.Sprint(i), fmt.Sprint(i))
				}
				z := y[2*rank:][:2]
				z[0], z[1] = "nothing", "nothing"
				if inPlace {
					z = mine
				}
				tree(join, rank, size, z, mine, y)
				if z[0] != want[size] || z[1] != want[size] {
					t.Errorf("rank %d of %d, in place %v: %v, want %s", rank, size, inPlace, z, want[size])
				}
				if !inPlace && mine[0] != fmt.Sprint(rank) {
					t.Errorf("rank %d of %d: its own part is lost: %v", rank, size, mine)
				}
			}
		}
	}
}
