package lapack

// The messages of gonum's panics, word for word.
const (
	badSVDJob     = "lapack: bad SVDJob"
	shortS        = "lapack: insufficient length of s"
	ncvtLT0       = "lapack: ncvt < 0"
	nruLT0        = "lapack: nru < 0"
	nccLT0        = "lapack: ncc < 0"
	badLdVT       = "lapack: bad leading dimension of VT"
	badLdU        = "lapack: bad leading dimension of U"
	shortVT       = "lapack: insufficient length of vt"
	shortU        = "lapack: insufficient length of u"
	badApplyOrtho = "lapack: bad ApplyOrtho"
	badGenOrtho   = "lapack: bad GenOrtho"
	mGTN          = "lapack: m > n"
	shortTauQ     = "lapack: insufficient length of tauQ"
	shortTauP     = "lapack: insufficient length of tauP"
	badEVComp     = "lapack: bad EVComp"
	badEVJob      = "lapack: bad EVJob"
	badLdZ        = "lapack: bad leading dimension of Z"
	shortD        = "lapack: insufficient length of d"
	shortE        = "lapack: insufficient length of e"
	shortZ        = "lapack: insufficient length of z"
	shortW        = "lapack: insufficient length of w"
)
