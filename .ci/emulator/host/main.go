// Command host boots a Linux kernel in Bochs to run one program on the
// emulated CPU. It is the part of .ci/avx512-emulator that builds the memory
// image, starts Bochs and takes the program's output and exit code out again.
//
// There is no firmware, disk or boot loader: Bochs' optramimage option loads a
// file straight into the machine's memory, so the image is made of the already
// decompressed kernel and an initramfs, laid out as the kernel's 64-bit boot
// protocol wants them, and the "BIOS" is some hundred bytes that enter long
// mode and jump to the kernel. That is what makes a boot take seconds.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// job is what the machine's init is to run; its twin is in init/main.go.
type job struct {
	Path  string
	Args  []string
	Env   []string
	Dir   string
	Token string
	Log   bool // hand out the kernel's messages first
}

const (
	exitNoBoot  = 125 // the machine never reported an exit code
	exitTimeout = 124 // as timeout(1)

	workDir = "/test"

	// The image is loaded at this address; these pages come first.
	imageBase  = 0x100000
	bootParams = imageBase
	pml4       = imageBase + 0x1000
	pdpt       = imageBase + 0x2000
	cmdLine    = imageBase + 0x3000

	romSize = 0x10000
	romBase = 1<<32 - romSize
	// bochsBlock is the size of the blocks in which Bochs allocates guest
	// memory, see rom.
	bochsBlock = 128 << 10
)

func main() {
	var (
		kernel  = flag.String("kernel", "", "kernel, a bzImage")
		initBin = flag.String("init", "", "the machine's init, a static program")
		bochs   = flag.String("bochs", "bochs", "the emulator")
		cpu     = flag.String("cpu", "corei7_skylake_x", "Bochs CPU model")
		memory  = flag.Int("memory", 1024, "memory of the machine in MiB")
		timeout = flag.Duration("timeout", 15*time.Minute, "limit on the whole run")
		files   = flag.String("files", "", "files and directories to copy to the working directory, separated by spaces")
		env     = flag.String("env", "", "environment variables, NAME or NAME=VALUE, separated by spaces")
		cache   = flag.String("cache", "", "directory for the decompressed kernel")
		verbose = flag.Bool("v", false, "report timing and the kernel's messages on stderr")
	)
	flag.Parse()
	if flag.NArg() == 0 {
		fatal(errors.New("usage: host [flags] binary [args]"))
	}
	tmp, err := os.MkdirTemp("", "weft-emulator-")
	if err != nil {
		fatal(err)
	}
	m := &machine{
		kernel: *kernel, bochs: *bochs, cpu: *cpu, memory: *memory,
		timeout: *timeout, cache: *cache, verbose: *verbose, dir: tmp,
	}
	token := make([]byte, 12)
	rand.Read(token)
	m.job = job{
		Path: workDir + "/" + filepath.Base(flag.Arg(0)),
		Args: flag.Args()[1:],
		Env:  environment(strings.Fields(*env)),
		Dir:  workDir,
		Log:  *verbose,
		// The leading NUL makes it unlikely that program output has to be held
		// back because it might be the start of a token.
		Token: "\x00" + hex.EncodeToString(token),
	}
	code, err := m.run(*initBin, flag.Arg(0), strings.Fields(*files))
	os.RemoveAll(tmp)
	if err != nil {
		fmt.Fprintln(os.Stderr, "avx512-emulator:", err)
	}
	os.Exit(code)
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "avx512-emulator:", err)
	os.Exit(exitNoBoot)
}

// environment is what the program sees: nothing of the host's but the
// variables that steer a Go program or the tests, and those asked for.
func environment(extra []string) []string {
	env := []string{
		"PATH=" + workDir, "HOME=/tmp", "TMPDIR=/tmp", "USER=root",
	}
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case name == "GODEBUG", name == "GOGC", name == "GOMEMLIMIT",
			name == "GOTRACEBACK", strings.HasPrefix(name, "WEFT_"):
			env = append(env, kv)
		}
	}
	for _, e := range extra {
		if !strings.Contains(e, "=") {
			v, ok := os.LookupEnv(e)
			if !ok {
				continue
			}
			e += "=" + v
		}
		env = append(env, e)
	}
	return env
}

type machine struct {
	kernel, bochs, cpu string
	memory             int // MiB
	timeout            time.Duration
	cache, dir         string
	verbose            bool
	job                job
}

func (m *machine) run(initBin, program string, files []string) (int, error) {
	began := time.Now()
	if err := m.build(initBin, program, files); err != nil {
		return exitNoBoot, err
	}
	rc := filepath.Join(m.dir, "bochsrc")
	if err := os.WriteFile(rc, m.bochsrc(), 0o666); err != nil {
		return exitNoBoot, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, m.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, m.bochs, "-q", "-f", rc)
	// Leave no emulator behind even if killed outright. The signal is sent when
	// the thread that started the process ends, so stay on it.
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Dir = m.dir
	// Bochs asks questions on a panic; let it read end of file instead.
	cmd.Stdin = nil
	out, w, err := os.Pipe()
	if err != nil {
		return exitNoBoot, err
	}
	errs, err := os.Create(filepath.Join(m.dir, "bochs.err"))
	if err != nil {
		return exitNoBoot, err
	}
	defer errs.Close()
	cmd.Stdout, cmd.Stderr = w, errs
	if err := cmd.Start(); err != nil {
		return exitNoBoot, err
	}
	w.Close()
	started := time.Now()
	f := &filter{token: []byte(m.job.Token), out: os.Stdout, log: os.Stderr}
	f.onStart = func() {
		if m.verbose {
			fmt.Fprintf(os.Stderr, "avx512-emulator: image %.2fs, boot %.2fs\n",
				started.Sub(began).Seconds(), time.Since(started).Seconds())
		}
	}
	copyErr := f.copy(out)
	// The program's exit code is here, or Bochs is gone, or the pipe broke.
	cmd.Process.Kill()
	cmd.Wait()
	if m.verbose {
		fmt.Fprintf(os.Stderr, "avx512-emulator: total %.2fs\n", time.Since(began).Seconds())
	}
	if f.done {
		return f.code, nil
	}
	what := "the machine stopped before the program ended"
	if !f.started {
		what = "the machine did not boot"
	}
	code := exitNoBoot
	switch ctx.Err() {
	case context.DeadlineExceeded:
		code = exitTimeout
		what = fmt.Sprintf("timeout: after %v the program had not ended", m.timeout)
		if !f.started {
			what = fmt.Sprintf("timeout: after %v the machine had not booted", m.timeout)
		}
	case context.Canceled:
		return 130, errors.New("interrupted")
	}
	err = errors.New(what)
	if copyErr != nil {
		err = fmt.Errorf("%w: %w", err, copyErr)
	}
	for _, name := range []string{"serial.log", "bochs.log", "bochs.err"} {
		if b := m.log(name); len(b) > 0 {
			err = fmt.Errorf("%w\n--- %s\n%s", err, name, b)
		}
	}
	return code, err
}

// log is the end of a file in the machine's directory.
func (m *machine) log(name string) []byte {
	const most = 8 << 10
	b, _ := os.ReadFile(filepath.Join(m.dir, name))
	if len(b) > most {
		b = b[len(b)-most:]
	}
	return b
}

// filter passes on what lies between the init's marks. What comes before the
// first is Bochs' own.
type filter struct {
	token   []byte
	out     io.Writer // for the program's output
	log     io.Writer // for the kernel's messages
	onStart func()

	to            io.Writer // one of the above or nil
	started, done bool
	code          int
}

func (f *filter) copy(r io.Reader) error {
	var held []byte
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		held = append(held, buf[:n]...)
		for {
			i := bytes.Index(held, f.token)
			if i < 0 {
				break
			}
			if err := f.emit(held[:i]); err != nil {
				return err
			}
			held = held[i:]
			mark, rest, ok := bytes.Cut(held[len(f.token):], []byte(";"))
			if !ok {
				break
			}
			held = rest
			if string(mark) == "log" {
				f.to = f.log
			} else if string(mark) == "start" {
				f.started = true
				f.to = f.out
				f.onStart()
			} else if _, err := fmt.Sscanf(string(mark), "exit=%d", &f.code); err == nil {
				f.done = true
				return nil
			}
		}
		if !bytes.HasPrefix(held, f.token) {
			// All but what may be the beginning of a token can go.
			keep := min(len(held), len(f.token)-1)
			for keep > 0 && !bytes.HasPrefix(f.token, held[len(held)-keep:]) {
				keep--
			}
			if err := f.emit(held[:len(held)-keep]); err != nil {
				return err
			}
			held = append([]byte(nil), held[len(held)-keep:]...)
		}
		if err != nil {
			f.emit(held)
			if err == io.EOF {
				err = nil
			}
			return err
		}
	}
}

func (f *filter) emit(b []byte) error {
	if f.to == nil || len(b) == 0 {
		return nil
	}
	_, err := f.to.Write(b)
	return err
}

// instructionsPerSecond is the rate of the emulated clock: Bochs derives time
// from the count of instructions, and this many make a second. It is more than
// any host can emulate, so time in the machine passes slower than outside: a
// timeout in a test cannot fire early, and few instructions go to the timer.
const instructionsPerSecond = 1_000_000_000

func (m *machine) bochsrc() []byte {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("display_library: nogui")
	p("cpu: model=%s, count=1, ips=%d, reset_on_triple_fault=0, ignore_bad_msrs=1",
		m.cpu, instructionsPerSecond)
	p("memory: guest=%d, host=%d", m.memory, m.memory)
	p("romimage: file=%s", filepath.Join(m.dir, "rom"))
	// Bochs insists on a VGA BIOS; nothing ever runs it.
	p("vgaromimage: file=%s", filepath.Join(m.dir, "rom"))
	p("optramimage1: file=%s, address=0x%x", filepath.Join(m.dir, "image"), imageBase)
	p("clock: sync=none")
	p("port_e9_hack: enabled=1")
	p("com1: enabled=1, mode=file, dev=%s", filepath.Join(m.dir, "serial.log"))
	p("log: %s", filepath.Join(m.dir, "bochs.log"))
	p("panic: action=fatal")
	p("error: action=ignore")
	p("info: action=ignore")
	p("debug: action=ignore")
	return b.Bytes()
}

// commandLine is the kernel's.
func (m *machine) commandLine() string {
	c := []string{
		// Nothing but a panic goes to the serial console: a byte there takes
		// 87 µs of emulated time, which is 87,000 instructions of busy waiting.
		"console=ttyS0,115200", "loglevel=2",
		"panic=-1", "reboot=t", // a panic ends the emulator
		// There is no firmware to describe the machine; it is a plain PC.
		"acpi=off", "pci=off",
		// The emulated TSC is exact, so there is nothing to measure or watch.
		fmt.Sprintf("tsc_early_khz=%d", instructionsPerSecond/1000),
		fmt.Sprintf("lpj=%d", instructionsPerSecond/250),
		"tsc=reliable", "no_timer_check", "nowatchdog",
		// Bochs skips emulated time in a HLT.
		"idle=halt",
		// No attacker, no need.
		"mitigations=off", "pti=off", "init_on_alloc=0", "audit=0", "apparmor=0",
		"random.trust_cpu=on",
		// Most of the instructions of an ordinary boot: self-tests of the crypto
		// modules, RSA, tables for tracing.
		"cryptomgr.notests",
		"initcall_blacklist=load_system_certificate_list,init_kprobe_trace,init_blk_tracer",
		"rcupdate.rcu_expedited=1",
		// Bochs 3.0 forgets on XRSTOR that the state it restores is compacted
		// (fixed in 3.1), so make the kernel use the standard format.
		"clearcpuid=xsavec,xsaves", "nopku",
	}
	if e := os.Getenv("EMULATOR_KERNEL_ARGS"); e != "" {
		c = append(c, e)
	}
	return strings.Join(c, " ")
}

// build writes the ROM and the memory image.
func (m *machine) build(initBin, program string, files []string) error {
	b, err := os.ReadFile(m.kernel)
	if err != nil {
		return err
	}
	k, err := parseKernel(b)
	if err != nil {
		return fmt.Errorf("%s: %w", m.kernel, err)
	}
	vm, err := m.vmlinux(k)
	if err != nil {
		return fmt.Errorf("%s: %w", m.kernel, err)
	}
	f, err := elf.NewFile(bytes.NewReader(vm))
	if err != nil {
		return fmt.Errorf("%s: %w", m.kernel, err)
	}
	img, err := os.Create(filepath.Join(m.dir, "image"))
	if err != nil {
		return err
	}
	defer img.Close()
	end := uint64(0)
	for _, p := range f.Progs {
		if p.Type != elf.PT_LOAD {
			continue
		}
		if p.Paddr < imageBase+0x10000 || p.Off+p.Filesz > uint64(len(vm)) {
			return errors.New("kernel segment out of range")
		}
		if _, err := img.WriteAt(vm[p.Off:p.Off+p.Filesz], int64(p.Paddr-imageBase)); err != nil {
			return err
		}
		end = max(end, p.Paddr+p.Memsz)
	}
	// init_size covers what the kernel uses past its segments.
	end = max(end, k.prefAddress+uint64(k.initSize))
	end = (end + 1<<21 - 1) &^ (1<<21 - 1)

	rd, err := m.initramfs(initBin, program, files)
	if err != nil {
		return err
	}
	if _, err := img.WriteAt(rd, int64(end-imageBase)); err != nil {
		return err
	}
	top := end + uint64(len(rd))
	if top+64<<20 > uint64(m.memory)<<20 {
		return fmt.Errorf("%d MiB of memory are too few for this program", m.memory)
	}

	le := binary.LittleEndian
	zp := make([]byte, 4096)
	copy(zp[0x1f1:], k.header)
	zp[0x210] = 0xff // type_of_loader: undefined
	zp[0x211] |= 1   // loadflags: loaded high
	le.PutUint32(zp[0x218:], uint32(end))
	le.PutUint32(zp[0x21c:], uint32(len(rd)))
	le.PutUint32(zp[0x228:], cmdLine)
	for i, r := range [][2]uint64{
		{0, 0x9f000},
		{imageBase, uint64(m.memory)<<20 - imageBase},
	} {
		e := zp[0x2d0+20*i:]
		le.PutUint64(e, r[0])
		le.PutUint64(e[8:], r[1])
		le.PutUint32(e[16:], 1) // usable
		zp[0x1e8]++             // e820_entries
	}
	pages := make([]byte, 0x4000)
	copy(pages, zp)
	le.PutUint64(pages[pml4-imageBase:], pdpt|3)
	for i := uint64(0); i < 4; i++ { // identity map of 4 GiB
		le.PutUint64(pages[pdpt-imageBase+8*i:], i<<30|0x83)
	}
	cl := m.commandLine()
	if len(cl) >= 2048 {
		return errors.New("kernel command line too long")
	}
	copy(pages[cmdLine-imageBase:], cl)
	if _, err := img.WriteAt(pages, 0); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(m.dir, "rom"), rom(uint32(top), uint32(f.Entry)), 0o666)
}

// rom is the machine's firmware: from the reset vector to long mode to the
// kernel.
//
// It also makes up for an oversight in Bochs' optramimage. Bochs backs guest
// memory with blocks that it takes from one array in the order in which they
// are first touched, but loads an image as if consecutive blocks were
// consecutive in the array. Nothing has touched memory when the image is
// loaded and when this code begins, so touching the image's blocks in order
// makes them so.
func rom(top, entry uint32) []byte {
	le := binary.LittleEndian
	const (
		gdt                           = 0x100
		gdtr                          = 0x140
		code32                        = 0x200
		code64                        = 0x300
		code32Seg, code64Seg, dataSeg = 0x08, 0x10, 0x18
	)
	rom := make([]byte, romSize)
	at := func(off int, parts ...[]byte) { copy(rom[off:], bytes.Join(parts, nil)) }
	x := func(b ...byte) []byte { return b }
	imm := func(v uint32) []byte { return le.AppendUint32(nil, v) }
	at(0xfff0,
		x(0xe9, 0x0d, 0x00)) // jmp 0
	at(0, // 16 bit
		x(0xfa), // cli
		x(0x2e, 0x66, 0x0f, 0x01, 0x16, gdtr&0xff, gdtr>>8), // lgdt cs:gdtr
		x(0x0f, 0x20, 0xc0),                                 // mov eax, cr0
		x(0x0c, 0x01),                                       // or al, 1
		x(0x0f, 0x22, 0xc0),                                 // mov cr0, eax
		x(0x66, 0xea), imm(romBase+code32), x(code32Seg, 0)) // jmp code32
	at(gdt,
		imm(0), imm(0),
		imm(0x0000ffff), imm(0x00cf9b00),
		imm(0x0000ffff), imm(0x00af9b00),
		imm(0x0000ffff), imm(0x00cf9300))
	at(gdtr,
		x(0x1f, 0), imm(romBase+gdt))
	at(code32,
		x(0x66, 0xb8, dataSeg, 0),             // mov ax, dataSeg
		x(0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0), // mov ds, es, ss
		x(0xbe), imm(imageBase),               // mov esi, imageBase
		x(0x8a, 0x06),                  // touch: mov al, [esi]
		x(0x81, 0xc6), imm(bochsBlock), // add esi, bochsBlock
		x(0x81, 0xfe), imm(top), // cmp esi, top
		x(0x72, 0xf0),       // jb touch
		x(0x0f, 0x20, 0xe0), // mov eax, cr4
		x(0x83, 0xc8, 0x20), // or eax, PAE
		x(0x0f, 0x22, 0xe0), // mov cr4, eax
		x(0xb8), imm(pml4),  // mov eax, pml4
		x(0x0f, 0x22, 0xd8),      // mov cr3, eax
		x(0xb9), imm(0xc0000080), // mov ecx, EFER
		x(0x0f, 0x32),       // rdmsr
		x(0x0d), imm(0x100), // or eax, LME
		x(0x0f, 0x30),            // wrmsr
		x(0x0f, 0x20, 0xc0),      // mov eax, cr0
		x(0x0d), imm(0x80000000), // or eax, PG
		x(0x0f, 0x22, 0xc0),                           // mov cr0, eax
		x(0xea), imm(romBase+code64), x(code64Seg, 0)) // jmp code64
	at(code64,
		x(0xbe), imm(bootParams), // mov esi, bootParams
		x(0x31, 0xed),       // xor ebp, ebp
		x(0x31, 0xff),       // xor edi, edi
		x(0x31, 0xdb),       // xor ebx, ebx
		x(0xb8), imm(entry), // mov eax, entry
		x(0xff, 0xe0)) // jmp rax
	return rom
}

// kernel is what matters of a bzImage, see Documentation/x86/boot.rst.
type kernel struct {
	header      []byte // from offset 0x1f1 on
	payload     []byte
	prefAddress uint64
	initSize    uint32
}

func parseKernel(b []byte) (*kernel, error) {
	le := binary.LittleEndian
	if len(b) < 0x1000 || string(b[0x202:0x206]) != "HdrS" || le.Uint16(b[0x206:]) < 0x20c {
		return nil, errors.New("not a bzImage of boot protocol 2.12 or later")
	}
	k := &kernel{
		header:      b[0x1f1 : 0x202+int(b[0x201])],
		prefAddress: le.Uint64(b[0x258:]),
		initSize:    le.Uint32(b[0x260:]),
	}
	start := (int(b[0x1f1])+1)*512 + int(le.Uint32(b[0x248:]))
	end := start + int(le.Uint32(b[0x24c:]))
	if start > end || end > len(b) {
		return nil, errors.New("payload out of range")
	}
	k.payload = b[start:end]
	return k, nil
}

// vmlinux is the decompressed kernel, from the cache where it is there.
func (m *machine) vmlinux(k *kernel) ([]byte, error) {
	var cached string
	if m.cache != "" {
		cached = filepath.Join(m.cache, "vmlinux")
		if b, err := os.ReadFile(cached); err == nil {
			return b, nil
		}
	}
	vm, err := decompress(k.payload)
	if err != nil {
		return nil, err
	}
	if cached != "" {
		tmp := cached + "." + filepath.Base(m.dir)
		if err := os.WriteFile(tmp, vm, 0o666); err != nil {
			return nil, err
		}
		if err := os.Rename(tmp, cached); err != nil {
			return nil, err
		}
	}
	return vm, nil
}

func decompress(b []byte) ([]byte, error) {
	filter := func(name string, args ...string) ([]byte, error) {
		cmd := exec.Command(name, args...)
		cmd.Stdin = bytes.NewReader(b)
		return cmd.Output()
	}
	has := func(magic string) bool { return bytes.HasPrefix(b, []byte(magic)) }
	// All but gzip have the length of the output appended.
	switch {
	case has("\x02\x21\x4c\x18"):
		return unlz4(b[4 : len(b)-4])
	case has("\x1f\x8b"):
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		r.Multistream(false)
		return io.ReadAll(r)
	case has("\xfd7zXZ"):
		b = b[:len(b)-4]
		return filter("xz", "-dc", "--single-stream")
	case has("\x28\xb5\x2f\xfd"):
		b = b[:len(b)-4]
		return filter("zstd", "-dcq")
	case has("\x7fELF"):
		return b, nil
	}
	return nil, fmt.Errorf("unknown compression, magic % x", b[:min(8, len(b))])
}

// unlz4 decodes the blocks of LZ4's legacy frame format.
func unlz4(src []byte) ([]byte, error) {
	bad := errors.New("malformed lz4 data")
	var dst []byte
	for len(src) >= 4 {
		n := int(binary.LittleEndian.Uint32(src))
		src = src[4:]
		if n > len(src) {
			return nil, bad
		}
		block := src[:n]
		src = src[n:]
		length := func(n int) (int, bool) {
			for n == 15 || n > 15 {
				if len(block) == 0 {
					return 0, false
				}
				c := block[0]
				block = block[1:]
				n += int(c)
				if c != 255 {
					break
				}
			}
			return n, true
		}
		start := len(dst)
		for len(block) > 0 {
			token := block[0]
			block = block[1:]
			n, ok := length(int(token >> 4))
			if !ok || n > len(block) {
				return nil, bad
			}
			dst = append(dst, block[:n]...)
			block = block[n:]
			if len(block) == 0 {
				break // the last sequence has literals only
			}
			if len(block) < 2 {
				return nil, bad
			}
			back := int(binary.LittleEndian.Uint16(block))
			block = block[2:]
			n, ok = length(int(token & 15))
			if !ok || back == 0 || back > len(dst)-start {
				return nil, bad
			}
			n += 4
			for n > 0 { // the match may overlap what it makes
				c := min(n, back)
				at := len(dst) - back
				dst = append(dst, dst[at:at+c]...)
				n -= c
			}
		}
	}
	return dst, nil
}

// initramfs is the archive of the machine's files.
func (m *machine) initramfs(initBin, program string, files []string) ([]byte, error) {
	var a cpio
	a.dir("dev")
	a.node("dev/console", 5, 1)
	a.dir("tmp")
	dir := strings.TrimPrefix(workDir, "/")
	a.dir(dir)
	if err := a.file("init", initBin); err != nil {
		return nil, err
	}
	if err := a.file(strings.TrimPrefix(m.job.Path, "/"), program); err != nil {
		return nil, err
	}
	for _, top := range files {
		top = filepath.Clean(top)
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(filepath.Dir(top), path)
			if err != nil {
				return err
			}
			name := dir + "/" + filepath.ToSlash(rel)
			if d.IsDir() {
				a.dir(name)
				return nil
			}
			return a.file(name, path)
		})
		if err != nil {
			return nil, err
		}
	}
	j, err := json.Marshal(&m.job)
	if err != nil {
		return nil, err
	}
	a.entry("job.json", 0o100644, 0, 0, j)
	a.entry("TRAILER!!!", 0, 0, 0, nil)
	return a.buf.Bytes(), nil
}

// cpio writes the "newc" format, uncompressed: copying is cheaper in the
// machine than decompressing.
type cpio struct {
	buf   bytes.Buffer
	inode int
}

func (a *cpio) entry(name string, mode uint32, major, minor int, data []byte) {
	a.inode++
	fmt.Fprintf(&a.buf, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		a.inode, mode, 0, 0, 1, 0, len(data), 0, 0, major, minor, len(name)+1, 0)
	a.buf.WriteString(name)
	a.buf.WriteByte(0)
	a.align()
	a.buf.Write(data)
	a.align()
}

func (a *cpio) align() { a.buf.Write(make([]byte, -a.buf.Len()&3)) }

func (a *cpio) dir(name string)                { a.entry(name, 0o040777, 0, 0, nil) }
func (a *cpio) node(name string, maj, min int) { a.entry(name, 0o020666, maj, min, nil) }
func (a *cpio) file(name, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	st, err := os.Stat(from)
	if err != nil {
		return err
	}
	mode := uint32(0o100644)
	if st.Mode()&0o111 != 0 {
		mode |= 0o111
	}
	a.entry(name, mode, 0, 0, b)
	return nil
}
