//go:build race

package par_test

// raceEnabled says that the race detector makes sync.Pool drop things.
const raceEnabled = true
