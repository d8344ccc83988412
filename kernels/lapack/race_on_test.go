//go:build race

package lapack

// raceEnabled says that sync.Pool forgets on purpose, so that allocations mean
// nothing.
const raceEnabled = true
