// Package report makes a page of a record of package bench: one HTML file that
// needs nothing else, with the roofline, a curve for each function and the rows
// in which weft is furthest behind, and the same pictures as SVG files.
//
// chart.go draws, pictures.go says what, page.go and page.html lay it out,
// compare.go holds two records against each other.
package report
