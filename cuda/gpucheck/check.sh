#!/usr/bin/env bash
# check.sh: all checks and measurements on a machine with a GPU, in less than ten
# minutes. Each step has its own time, so that one that hangs costs no other. The
# results go to the folder that OUT names, or to results here: one text for each
# step, JSON for measurements, and summary.txt.
#
# GPU_CHECK_LIBRARY names another driver, GPU_CHECK_PROBES one with the kernels of
# probe.cu; with GPU_CHECK_TINY=1 everything is small: so it runs on the simulator.
set -uo pipefail
cd "$(dirname "$0")"
results=${OUT:-$PWD/results}
mkdir -p "$results"
results=$(cd "$results" && pwd)
tiny=${GPU_CHECK_TINY:-}
export WEFT_CUDA_LIBRARY=${GPU_CHECK_LIBRARY:-libcuda.so.1}
probes=${GPU_CHECK_PROBES:-$WEFT_CUDA_LIBRARY}
export WEFT_GPU_CHECK=$results WEFT_GPU_CHECK_TINY=$tiny
unset WEFT_CUDA_PTX
# The driver and cuBLAS may be where the linker does not look.
for folder in /usr/local/nvidia/lib64 /usr/local/cuda/lib64 /usr/local/cuda/compat; do
	[ -d "$folder" ] && export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder"
done
if [ -z "$tiny" ]; then
	WEFT_CUBLAS=${WEFT_CUBLAS:-$(find -L /usr/local/cuda* /usr/lib /opt -name 'libcublas.so.1[0-9]' 2>/dev/null | head -1)}
	export WEFT_CUBLAS
	[ -n "$WEFT_CUBLAS" ] && export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$(dirname "$WEFT_CUBLAS")"
fi

failed=0
all=580 # seconds for everything
# step NAME SECONDS COMMAND…
step() {
	local name=$1 seconds=$2 start=$SECONDS rc
	shift 2
	[ "$seconds" -lt $((all - SECONDS)) ] || seconds=$((all - SECONDS))
	if [ "$seconds" -lt 5 ]; then
		printf '%-24s left out: no time\n' "$name" | tee -a "$results/summary.txt"
		failed=1
		return
	fi
	timeout -k 5 "$seconds" "$@" >"$results/$name.txt" 2>&1
	rc=$?
	[ $rc -eq 0 ] || failed=1
	printf '%-24s %s  %3d s  %s\n' "$name" "$([ $rc -eq 0 ] && echo ok || echo "FAILED ($rc)")" $((SECONDS - start)) \
		"$(grep -aE 'FAIL|panic|ERROR SUMMARY|error' "$results/$name.txt" | head -1 | cut -c1-120)" | tee -a "$results/summary.txt"
}
have() { command -v "$1" >/dev/null; }
: >"$results/summary.txt"

if have nvidia-smi && [ -z "$tiny" ]; then
	step device 10 nvidia-smi -q -d MEMORY,CLOCK,POWER,COMPUTE
	step machine 10 bash -c 'nvidia-smi --query-gpu=name,driver_version,compute_cap --format=csv; nvcc --version; lscpu; uname -a; ldd --version | head -1; echo "cuBLAS: $WEFT_CUBLAS"'
fi
step info 15 ./weft info
have ptxas && step ptxas 45 bash -c 'for f in sm_80 sm_90a; do ptxas -v -arch=${f/sm_80/sm_90} -o /dev/null $f.ptx || exit 1; done'

# Each instruction against the simulator's answer, then the kernels.
step instructions 30 env WEFT_CUDA_LIBRARY="$probes" ./gpucheck.test -test.v -test.run TestInstructions -ptx probe
some='Test(Parity|ManyGoroutines|Staging|OperandsOnStack|Placed|Streams)$'
[ -n "$tiny" ] && some='Test(ManyGoroutines|OperandsOnStack|Placed|Streams)$'
step parity 60 ./cuda.test -test.v -test.run "$some"
step parity-sm_80 40 env WEFT_CUDA_PTX=sm_80 ./cuda.test -test.v -test.run "$some"
full=full
[ -n "$tiny" ] && full=
step profiles 40 env WEFT_CUDA_TEST=$full ./cuda.test -test.v -test.run TestProductProfiles
step profiles-sm_80 30 env WEFT_CUDA_PTX=sm_80 ./cuda.test -test.v -test.run TestProductProfiles
[ -x cuda-linked.test ] && step linked 30 env ${GPU_CHECK_LIBRARY:+LD_LIBRARY_PATH="$(dirname "$GPU_CHECK_LIBRARY")"} \
	./cuda-linked.test -test.v -test.run 'Test(ProductProfiles|ManyGoroutines|Streams)$'

step costs 15 ./cuda.test -test.v -test.run TestMeasureCosts
step gemm 95 ./cuda.test -test.v -test.run TestMeasureGemm
step batch 30 ./cuda.test -test.v -test.run TestMeasureBatch
step reductions 50 ./cuda.test -test.v -test.run TestMeasureReductions

if have compute-sanitizer && [ -z "$tiny" ]; then
	for tool in memcheck racecheck synccheck; do
		step "$tool" 25 env WEFT_CUDA_CACHE=off compute-sanitizer --error-exitcode 3 --tool $tool ./cuda.test -test.run 'TestProductProfiles|TestManyGoroutines'
	done
fi
# The processor of that machine.
if [ -z "$tiny" ]; then
	step cpu-parity 30 ./weft parity -short
	step cpu-bench 45 ./weft bench -time 30s -json -o "$results/cpu-bench.json"
fi
cat "$results/gemm.txt" "$results/batch.txt" "$results/reductions.txt" "$results/costs.txt" | grep -aE ' ms ' | head -150
cat "$results/summary.txt"
echo "$SECONDS s"
exit $failed
