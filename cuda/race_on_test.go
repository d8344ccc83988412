//go:build race

package cuda_test

// raceEnabled says that everything is some times slower, and that sync.Pool
// forgets on purpose.
const raceEnabled = true
