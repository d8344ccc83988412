// Package bench measures how close weft comes to the limits of the machine it
// runs on, and how it compares with gonum, in one process and in turns. It is
// what the command "weft bench" runs.
//
// A workload is a row of a table (workload.go): name, shapes, operations and
// bytes. Whoever can do the work, a weft backend or gonum, is a library
// (library.go): a function for each name. measure.go lets libraries take turns
// on one workload, limits.go finds out what the machine could do at best,
// digits.go holds the real workload, report.go and table.go what comes out.
// bench/results/README.md describes the records and the method.
package bench
