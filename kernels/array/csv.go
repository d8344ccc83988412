package array

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ReadCSV reads a matrix of numbers from lines of fields that comma separates,
// after the first skip lines. All lines have equally many fields. An empty field
// is NaN in a float type. What is not a number of type T gives a [*FormatError].
func ReadCSV[T Number](r io.Reader, comma rune, skip int) (*Array[T], error) {
	in := csv.NewReader(r)
	in.Comma = comma
	in.ReuseRecord = true
	in.TrimLeadingSpace = comma != ' ' && comma != '\t'
	in.FieldsPerRecord = -1
	var data []T
	rows, cols := 0, -1
	for line := 0; ; line++ {
		fields, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			var p *csv.ParseError
			if errors.As(err, &p) {
				return nil, &FormatError{"csv", place(p.Line, p.Column), "not a line of fields", p.Err}
			}
			return nil, err
		}
		if line < skip {
			continue
		}
		at, _ := in.FieldPos(0)
		if cols < 0 {
			cols = len(fields)
		}
		if len(fields) != cols {
			return nil, &FormatError{"csv", fmt.Sprintf("line %d", at), fmt.Sprintf("%d fields, want %d", len(fields), cols), nil}
		}
		for i, s := range fields {
			v, err := parseNumber[T](strings.TrimSpace(s))
			if err != nil {
				line, col := in.FieldPos(i)
				return nil, &FormatError{"csv", place(line, col), fmt.Sprintf("%q is not a number of type %v", s, kindOf[T]()), err}
			}
			data = append(data, v)
		}
		rows++
	}
	return FromSlice(data, rows, max(cols, 0)), nil
}

func place(line, column int) string { return fmt.Sprintf("line %d, column %d", line, column) }

func parseNumber[T Number](s string) (T, error) {
	k := kindOf[T]()
	if !k.float() {
		v, err := strconv.ParseInt(s, 10, k.size()*8)
		if err != nil {
			err = errors.Unwrap(err)
		}
		return T(v), err
	}
	if s == "" {
		return T(math.NaN()), nil
	}
	v, err := strconv.ParseFloat(s, k.size()*8)
	if err != nil {
		err = errors.Unwrap(err)
	}
	return T(v), err
}

// WriteCSV writes a matrix, or a vector as one column, as lines of fields that
// comma separates, floats with the digits that give them back exactly.
func WriteCSV[T Number](w io.Writer, a *Array[T], comma rune) error {
	if a.nd == 1 {
		a = a.View(All, NewAxis)
	}
	if a.nd != 2 {
		fail("WriteCSV", "a", a.layout.String(), "one or two dimensions")
	}
	out := csv.NewWriter(w)
	out.Comma = comma
	fields := make([]string, a.shape[1])
	for _, row := range a.Along(0) {
		i := 0
		for v := range row.Elements() {
			if k := kindOf[T](); k.float() {
				fields[i] = strconv.FormatFloat(float64(v), 'g', -1, k.size()*8)
			} else {
				fields[i] = strconv.FormatInt(int64(v), 10)
			}
			i++
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
