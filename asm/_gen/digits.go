package main

import "math/big"

// Constants to more digits than a float64 has.
const (
	ln2Digits       = "0.693147180559945309417232121458176568075500134360255254120680009493393621969694"
	log2eDigits     = "1.442695040888963407359924681001892137426645954152985934135449406931109219181185"
	log10eDigits    = "0.434294481903251827651128918916605082294397005803666566114453783165864649208870"
	log102Digits    = "0.301029995663981195213738894724493026768189881462108541310427461127108189274424"
	twoThirdsDigits = "0.6666666666666666666666666666666666666666666666666666666666666666666666666667"
	sqrtHalfDigits  = "0.707106781186547524400844362104849039284835937688474036588339868995366239231054"
	halfPiDigits    = "1.570796326794896619231321691639751442098584699687552910487472296153908203143104"
)

// log10(2) as ln2Hi and ln2Lo are.
var (
	log102Hi = bitsOf(log102Digits, 42)
	log102Lo = bitsOf(log102Digits, 53, log102Hi)
)

// bitsOf returns the number of those digits, less some, rounded to zero to so
// many bits.
func bitsOf(digits string, bits uint, less ...float64) float64 {
	v, _, err := big.ParseFloat(digits, 10, 250, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	for _, l := range less {
		v.Sub(v, big.NewFloat(l))
	}
	mode := big.ToZero
	if bits == 53 {
		mode = big.ToNearestEven
	}
	f, _ := new(big.Float).SetMode(mode).SetPrec(bits).Set(v).Float64()
	return f
}

// twoPart returns the number of those digits less hi.
func twoPart(digits string, hi float64) float64 { return bitsOf(digits, 53, hi) }
