# weft: `make bench` measures this machine, `make test` proves it.
# Both need Go and nothing else.

GO ?= go
export CGO_ENABLED ?= 0

.PHONY: bench test check generate build gpu-check clean

bench: ## measure this machine: limits, kernels, a real workload; four minutes
	$(GO) run ./cmd/weft bench -o out/bench.json -report out/bench.html -plots out/bench

test: ## every backend of this machine agrees, bit for bit
	$(GO) vet ./...
	$(GO) test ./...

build:
	$(GO) build -trimpath -o bin/weft ./cmd/weft

# What a change must pass beside the tests: formatting, vet on all targets,
# static analysis, and generated code that is what its generator writes.
TARGETS = linux/amd64 linux/arm64 darwin/arm64 windows/amd64 js/wasm linux/386

check:
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	@for t in $(TARGETS); do \
		echo "vet $$t"; \
		GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) vet ./... && \
		GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) build ./... || exit 1; \
	done
	@echo "vet noasm"
	@$(GO) vet -tags noasm ./... && $(GO) build -tags noasm ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	$(GO) test -C asm/_gen ./...
	$(GO) mod verify

generate: ## write asm/avx2 and asm/avx512 anew
	$(GO) run -C asm/_gen .

gpu-check: ## pack out/gpu-check, to be carried to a machine with a GPU and run there
	cuda/gpucheck/pack out/gpu-check

clean:
	rm -rf bin out
