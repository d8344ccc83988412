module emulator

go 1.24
