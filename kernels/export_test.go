package kernels

// RaceEnabled says whether this is a race build.
const RaceEnabled = raceEnabled
