//go:build static || !(amd64 || arm64) || !(darwin || linux || windows)

package bench

// foreign says whether this build can call foreign functions.
const foreign = false

func openShared(string) (shared, error) { return nil, errForeign }

func nothing() routine { return nil }

func setForeignEnv(string, string) {}
