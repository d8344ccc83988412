package main

import (
	"fmt"
	"os"
)

func Example() {
	if err := run(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2284 weeks, 2225 measured, 59 missing
	// 7 coefficients: 337.6244 1.3357 0.0117 2.6274 -1.0009 -0.4284 0.6321
	// spread in ppm: measured 17.00, without trend 2.21, without cycle 0.80
	// 1960: 315.6 ppm, rising 0.87 a year
	// 1980: 337.6 ppm, rising 1.34 a year
	// 2000: 369.0 ppm, rising 1.80 a year
	// the cycle is highest on 19 May (+3.0 ppm), lowest on 3 October (-3.3 ppm)
	// year    weeks  measured  filled
	// 1958  25 of 40    315.42  314.76
	// 1959  48 of 52    315.91  315.90
	// 1960  53 of 53    316.86  316.86
	// 1961  52 of 52    317.59  317.59
	// 1962  48 of 52    318.55  318.36
	// 1963  49 of 52    318.91  318.93
	// 1964  31 of 52    318.57  319.62
	// 1965  52 of 52    319.98  319.98
	// 1966  49 of 53    321.32  321.33
}
