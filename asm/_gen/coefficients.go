package main

// Written by minimax/minimax.py.

// expPoly approximates (exp(r)-1-r-r^2/2)/r^3 for |r| <= log(2)/2.
var expPoly = poly{
	f64: []float64{0x1.5555555555558p-3, 0x1.5555555555556p-5, 0x1.111111110f803p-7, 0x1.6c16c16c15dc7p-10, 0x1.a01a01b00c2c6p-13, 0x1.a01a01a936350p-16, 0x1.71ddf6b3f10d1p-19, 0x1.27e4d4d3e5553p-22, 0x1.af632ad6abee8p-26, 0x1.1f7f27da618f1p-29},
	f32: []float64{0x1.55555579a82bdp-3, 0x1.5554f22eb1bfcp-5, 0x1.1110a3259908bp-7, 0x1.6d40e6ec5311ep-10, 0x1.a1895aceb117cp-13},
}

// expWholePoly approximates (exp(r)-1-r)/r^2 for |r| <= log(2)/2.
var expWholePoly = poly{
	f64: []float64{0x1.0000000000009p-1, 0x1.5555555555558p-3, 0x1.55555555503e3p-5, 0x1.111111110f803p-7, 0x1.6c16c18601e8cp-10, 0x1.a01a01b00c2c6p-13, 0x1.a01993b37a9cap-16, 0x1.71ddf6b3f10d1p-19, 0x1.28b410d73d492p-22, 0x1.af632ad6abee8p-26},
}

// exp2Poly approximates (2^f-1)/f for |f| <= 1/2.
var exp2Poly = poly{
	f64: []float64{0x1.62e42fefa39efp-1, 0x1.ebfbdff82c58fp-3, 0x1.c6b08d704a0dbp-5, 0x1.3b2ab6fba4e7dp-7, 0x1.5d87fe78a0588p-10, 0x1.430912f86a0dbp-13, 0x1.ffcbfc7e3f189p-17, 0x1.62c022494aa9dp-20, 0x1.b524caa0bfe92p-24, 0x1.e4cef695e823fp-28, 0x1.ea1c66780e6d5p-32, 0x1.c4c8ceab0a73fp-36},
}

// logPoly approximates (2*atanh(s)/s-2)/z in z = s^2, for s <= (sqrt(2)-1)^2.
var logPoly = poly{
	f64: []float64{0x1.5555555555593p-1, 0x1.999999997fb34p-2, 0x1.24924942178a4p-2, 0x1.c71c51e8021eap-3, 0x1.7466462b86c3ap-3, 0x1.39a0f50666684p-3, 0x1.2f0d8f1a56432p-3},
	f32: []float64{0x1.555554fd40ccfp-1, 0x1.999a7b3c108a0p-2, 0x1.2438a85e8b536p-2, 0x1.e2fdd52464206p-3},
}

// powLogPoly approximates (2*atanh(s)/s-2-2/3*z)/z^2 in z = s^2, for s <= (sqrt(2)-1)^2.
var powLogPoly = poly{
	f64: []float64{0x1.9999999999996p-2, 0x1.2492492493049p-2, 0x1.c71c71c57dff1p-3, 0x1.745d18337ae17p-3, 0x1.3b1362671032bp-3, 0x1.1120c18265de0p-3, 0x1.de318e09e554dp-4, 0x1.eb20d86dccebfp-4},
}

// sinPoly approximates (sin(r)-r)/r^3 in z = r^2, for |r| <= pi/4.
var sinPoly = poly{
	f64: []float64{-0x1.5555555555549p-3, 0x1.111111110f87ap-7, -0x1.a01a019c11978p-13, 0x1.71de3577b56b1p-19, -0x1.ae5e6639d428fp-26, 0x1.5d9300cf18813p-33},
	f32: []float64{-0x1.5555554cb9151p-3, 0x1.11110895ae2c8p-7, -0x1.a00f9d259ad07p-13, 0x1.6cd8392f2640ap-19},
}

// cosPoly approximates (cos(r)-1+z/2)/z^2 in z = r^2, for |r| <= pi/4.
var cosPoly = poly{
	f64: []float64{0x1.555555555554cp-5, -0x1.6c16c16c1517ep-10, 0x1.a01a019cb1bebp-16, -0x1.27e4f809f15ecp-22, 0x1.1ee9ebe9aae80p-29, -0x1.8fae9cb4449ffp-37},
	f32: []float64{0x1.55554ab267d3ap-5, -0x1.6c0c8ab1dc643p-10, 0x1.9a020b375bd2fp-16},
}

// atanPoly approximates (atan(t)-t)/t^3 in z = t^2, for |t| <= sqrt(2)-1.
var atanPoly = poly{
	f64: []float64{-0x1.555555555553dp-2, 0x1.99999999958b0p-3, -0x1.24924922af936p-3, 0x1.c71c70e6ffdfep-4, -0x1.745cf8f822f17p-4, 0x1.3b111b077e8b2p-4, -0x1.10ebcda5875f6p-4, 0x1.df1078b13ac7bp-5, -0x1.9cd7d8158df1bp-5, 0x1.37e20ea9e94c6p-5, -0x1.258441432c3dfp-6},
	f32: []float64{-0x1.5555495789f07p-2, 0x1.9991aa8604214p-3, -0x1.23b680780d52dp-3, 0x1.b1fe9c20c9b94p-4, -0x1.f243246e9e7e6p-5},
}

// asinPoly approximates (asin(t)-t)/t^3 in z = t^2, for |t| <= 1/2.
var asinPoly = poly{
	f64: []float64{0x1.5555555555578p-3, 0x1.333333332df03p-4, 0x1.6db6db722c0ffp-5, 0x1.f1c71a8b6797ep-6, 0x1.6e8bdfeb9a267p-6, 0x1.1c49ddb2bbe11p-6, 0x1.ca214ad90fdf3p-7, 0x1.75775d15e846bp-7, 0x1.618bad7f2dc07p-7, 0x1.e14e431e5a8a4p-9, 0x1.65059a7990d1bp-6, -0x1.59fb2a41d3d28p-6, 0x1.0be5bb89ed2cep-5},
	f32: []float64{0x1.55554c300a9ccp-3, 0x1.333891fcbb528p-4, 0x1.6cabb413d5333p-5, 0x1.04ab0ab3d70eap-5, 0x1.d7a75d1f9e371p-7, 0x1.33d750e3f8ad0p-5},
}

// cbrtPoly approximates m^(-1/3) for 1 <= m <= 2.
var cbrtPoly = poly{
	f64: []float64{0x1.e1395eb239577p+0, -0x1.fc41c8b82b2c0p+0, 0x1.fa1bc1e05e835p+0, -0x1.45fad0e53c5eep+0, 0x1.0104b61ed2264p-1, -0x1.c43c212922006p-4, 0x1.5468899f87911p-7},
	f32: []float64{0x1.e1395eb239577p+0, -0x1.fc41c8b82b2c0p+0, 0x1.fa1bc1e05e835p+0, -0x1.45fad0e53c5eep+0, 0x1.0104b61ed2264p-1, -0x1.c43c212922006p-4, 0x1.5468899f87911p-7},
}

// erfPoly approximates erf(x)/x-1 in z = x^2, for |x| <= 1.
var erfPoly = poly{
	f64: []float64{0x1.06eba8214db68p-3, -0x1.812746b0379c2p-2, 0x1.ce2f21a041c7dp-4, -0x1.b82ce3124e7bap-6, 0x1.565bcd0543678p-8, -0x1.c02db223684e3p-11, 0x1.f9a2e89d39defp-14, -0x1.f4cd0c42e35a2p-17, 0x1.b99a895145707p-20, -0x1.5ca78a40e101ap-23, 0x1.db57946d75408p-27, -0x1.b8057a655877cp-31},
	f32: []float64{0x1.06eba7f8acc24p-3, -0x1.81273ec999850p-2, 0x1.ce2d1f5e08a63p-4, -0x1.b7fbb008b094cp-6, 0x1.5419cf4ffbed6p-8, -0x1.a484c222a7faep-11, 0x1.4ae165ce8cd19p-14},
}

// erfcPoly approximates -log(erfc(1+u)) for 0 <= u <= 5.
var erfcPoly = poly{
	f64: []float64{0x1.d97fbf27aa2a1p+0, 0x1.51c9b0006c236p+1, 0x1.afabc11a295f4p-1, 0x1.5477f09c037a2p-5, -0x1.48c9d3eb20ddcp-7, 0x1.033f65b04f706p-9, -0x1.f1b3898c4d991p-13, -0x1.b8de9c0a691aep-16, 0x1.c7a77df530816p-16, -0x1.426bd07a193a2p-17, 0x1.147537ff25bfap-19, -0x1.32d2e273c9d6ep-23, -0x1.a2f5a70ecfc9fp-24, 0x1.beff6d8c3a92ap-25, -0x1.002c5cb2102bdp-26, 0x1.899f82ccc329cp-29, -0x1.94e1ece077366p-32, 0x1.fae973fe0230bp-36, -0x1.2477ff684eedfp-40},
	f32: []float64{0x1.d97fbf283ce8bp+0, 0x1.51c9b00109345p+1, 0x1.afabbb3f3976ep-1, 0x1.547cef814d98cp-5, -0x1.4933bd063a405p-7, 0x1.07b65804982b3p-9, -0x1.2f976094616eap-12, 0x1.6bd75ed7ce1b6p-16},
}

// geluPoly approximates exp(t^2)*erfc(t)*(t+3/4) in y = (t-3)/(t+3), for 0 <= t <= 30.
var geluPoly = poly{
	f64: []float64{0x1.57aea5550735ap-1, -0x1.31e8582c4b702p-3, 0x1.342e7214b0682p-5, 0x1.bf2da2b8c0131p-6, -0x1.55c5f6623d1a8p-5, 0x1.cbaaed4273891p-6, -0x1.627bbcee2062cp-7, 0x1.79ea520aa5fd6p-10, 0x1.a0d9ca53c80cdp-11, -0x1.8cfe47ad9d5fdp-12, -0x1.32bc6d5c8abdbp-15, 0x1.f1bbc59ff6063p-15, 0x1.01de160c1708dp-21, -0x1.3f6f49981b402p-17, -0x1.c65f9aa6547f1p-25, 0x1.be11b337d11acp-20, 0x1.01f3f24b0b3fdp-23, -0x1.41ad93990d8aep-22, -0x1.fd0785008556fp-25, 0x1.a9ac6acb5a73bp-25, 0x1.3e33805aefa3fp-26, -0x1.9cca7ab221870p-28, -0x1.f50445c76007bp-29, 0x1.4954dc28f51ebp-32, 0x1.54f433dd47013p-32},
	f32: []float64{0x1.57aea557e9389p-1, -0x1.31e857dfab633p-3, 0x1.342e5f1950a37p-5, 0x1.bf2d4a24b2190p-6, -0x1.55c4b5df3ed77p-5, 0x1.cbaed5791e458p-6, -0x1.629a86143d44bp-7, 0x1.78ab0c9f591a7p-10, 0x1.a631fd6a37de6p-11, -0x1.80098e922f03dp-12, -0x1.a07fc992a5bcbp-15, 0x1.69566e6b9d44ep-15, 0x1.c8b943e6801aep-18},
}

// expSinglePoly approximates (exp(r)-1-r)/r^2 for |r| <= log(2)/2 in float32.
var expSinglePoly = []float64{0x1.0000000000000p-1, 0x1.55548e0000000p-3, 0x1.55545e0000000p-5, 0x1.123b740000000p-7, 0x1.6db44a0000000p-10}

// exp2SinglePoly approximates (2^r-1)/r for |r| <= 1/2 in float32.
var exp2SinglePoly = []float64{0x1.62e4320000000p-1, 0x1.ebfbe00000000p-3, 0x1.c6ae2c0000000p-5, 0x1.3b29e40000000p-7, 0x1.5f88fe0000000p-10, 0x1.446c7e0000000p-13}

// log1SinglePoly approximates (log(1+f)-f)/f^2 for |f| <= 1/3 in float32.
var log1SinglePoly = []float64{-0x1.0000000000000p-1, 0x1.55550a0000000p-2, -0x1.ffff780000000p-3, 0x1.99d2a20000000p-3, -0x1.5589c60000000p-3, 0x1.1e832c0000000p-3, -0x1.f4dc4c0000000p-4, 0x1.2089800000000p-3, -0x1.04d2600000000p-3}

// tanhSinglePoly approximates (tanh(x)-x)/x^3 in z = x^2, for |x| <= 1 in float32.
var tanhSinglePoly = []float64{-0x1.55553e0000000p-2, 0x1.110c3c0000000p-3, -0x1.b96b2a0000000p-5, 0x1.603f0c0000000p-6, -0x1.0501200000000p-7, 0x1.2f7e560000000p-9, -0x1.7c22760000000p-12}
