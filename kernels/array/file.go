package array

// FormatError says what is wrong with a file and where.
type FormatError struct {
	Format  string // "npy", "npz", "csv"
	Where   string // "byte 10", "line 3, column 2"
	Problem string
	Err     error // the cause, if there is one
}

func (e *FormatError) Error() string {
	s := "array: " + e.Format + ": " + e.Where + ": " + e.Problem
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *FormatError) Unwrap() error { return e.Err }
