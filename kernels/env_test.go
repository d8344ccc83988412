package kernels

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// What the environment asks for is done or refused with the reason.
func TestEnvironment(t *testing.T) {
	var best, missing string // a backend that is there and, if any, one that is not
	for _, b := range Backends() {
		switch {
		case b.Err == nil && best == "":
			best = b.Name
		case b.Err != nil:
			missing = b.Name
		}
	}
	type env = map[string]string
	type row struct {
		env     env
		name    string
		workers int
		err     []string // parts of the message
	}
	const most = math.MaxInt
	rows := []row{
		{env{}, best, most, nil},
		{env{"WEFT_BACKEND": "fallback"}, "fallback", most, nil},
		{env{"WEFT_BACKEND": best, "WEFT_REQUIRE": best}, best, most, nil},
		{env{"WEFT_REQUIRE": "fallback, " + best}, best, most, nil},
		{env{"WEFT_WORKERS": "3"}, best, 3, nil},
		{env{"WEFT_WORKERS": "1", "WEFT_BACKEND": "fallback"}, "fallback", 1, nil},
		{env{"WEFT_BACKEND": "avx1024"}, best, most, []string{`kernels: WEFT_BACKEND: backend "avx1024": unknown name; there are `, "fallback"}},
		{env{"WEFT_BACKEND": "AVX2"}, best, most, []string{`WEFT_BACKEND: backend "AVX2": unknown name`}},
		{env{"WEFT_REQUIRE": "fallback,sse"}, best, most, []string{`kernels: WEFT_REQUIRE: backend "sse": unknown name`}},
		{env{"WEFT_WORKERS": "0"}, best, most, []string{`kernels: WEFT_WORKERS="0", want a number of at least 1`}},
		{env{"WEFT_WORKERS": "-2"}, best, most, []string{`WEFT_WORKERS="-2"`}},
		{env{"WEFT_WORKERS": "many"}, best, most, []string{`WEFT_WORKERS="many"`}},
		{env{"WEFT_WORKERS": "2.5", "WEFT_BACKEND": "x", "WEFT_REQUIRE": "y,z"}, best, most,
			[]string{`"2.5"`, `BACKEND: backend "x"`, `REQUIRE: backend "y"`, `REQUIRE: backend "z"`}},
	}
	if missing != "" {
		_, err := find(missing)
		rows = append(rows,
			row{env{"WEFT_BACKEND": missing}, best, most, []string{`WEFT_BACKEND: backend "` + missing + `": `, err.Error()}},
			row{env{"WEFT_REQUIRE": missing}, best, most, []string{`WEFT_REQUIRE: backend "` + missing + `": `, err.Error()}})
	}
	for _, r := range rows {
		d := configure(func(key string) string { return r.env[key] })
		if d.f32.name != r.name || d.f64.name != r.name || d.f32.workers != r.workers || d.f64.workers != r.workers {
			t.Errorf("%v: got %s, %d workers; want %s, %d", r.env, d.f32.name, d.f32.workers, r.name, r.workers)
		}
		if (d.err != nil) != (r.err != nil) {
			t.Errorf("%v: error %v, want %q", r.env, d.err, r.err)
			continue
		}
		for _, part := range r.err {
			if !strings.Contains(d.err.Error(), part) {
				t.Errorf("%v: error %q lacks %q", r.env, d.err, part)
			}
		}
		var be *BackendError
		if _, numeric := r.env["WEFT_WORKERS"]; r.err != nil && !numeric && !errors.As(d.err, &be) {
			t.Errorf("%v: error %T is no *BackendError", r.env, d.err)
		}
	}
}
