package dist

import (
	"fmt"
	"strconv"
)

// libraryVariable names another library than the one that the loader finds.
const libraryVariable = "WEFT_MPI_LIBRARY"

// launch is how this process was started.
type launch struct {
	by    string // the launcher, for messages
	mpi   bool   // by a launcher that Open MPI knows
	ranks int    // how many processes it started, or 0 if it doesn't tell
}

// launched finds out from the environment how this process was started.
func launched(getenv func(string) (string, bool)) (launch, error) {
	number := func(name string) int {
		v, _ := getenv(name)
		n, _ := strconv.Atoi(v)
		return max(n, 0)
	}
	has := func(name string) bool { _, ok := getenv(name); return ok }
	slurm := number("SLURM_STEP_NUM_TASKS")
	switch {
	case has("OMPI_COMM_WORLD_SIZE"):
		return launch{"Open MPI's mpirun", true, number("OMPI_COMM_WORLD_SIZE")}, nil
	case has("PMIX_RANK") && slurm > 0:
		return launch{"Slurm's srun", true, slurm}, nil
	case has("PMIX_RANK"):
		return launch{"a launcher with PMIx", true, 0}, nil
	case has("PMI_RANK") && slurm > 0:
		// Open MPI may have been built with Slurm's older interface. If not, it
		// takes each process for the only one, which openMPI refuses.
		return launch{"Slurm's srun", true, slurm}, nil
	case has("PMI_RANK") && number("PMI_SIZE") != 1:
		return launch{}, fmt.Errorf("%w: the variable PMI_RANK says that this process was started by the mpiexec of MPICH, Intel MPI or MVAPICH; "+
			"start it with Open MPI's mpirun (%s)", ErrOtherMPI, packages)
	case slurm > 1:
		return launch{}, fmt.Errorf("%w: srun started %d processes that don't know of each other; use srun --mpi=pmix, or mpirun", ErrNoMPI, slurm)
	}
	return launch{"itself", false, 1}, nil
}

// packages says what to install.
const packages = "Debian and Ubuntu: apt-get install openmpi-bin; Fedora and RHEL: dnf install openmpi, then module load mpi/openmpi-x86_64"
