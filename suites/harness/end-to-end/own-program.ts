/** Programs of the tests' own, as a person would pass them by --program. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { arch } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { REPOSITORY } from './lab-command.ts'

const execute = promisify(execFile)
const MACHINES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' }

const source = (body: string) => `#include "devmap.h"
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} targets SEC(".maps");
static __u64 frames;
SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	${body}
}
char LICENSE[] SEC("license") = "GPL";
`

/** Loses one frame of a hundred, and says so. */
export const DROPS_EVERY_100TH = source(`if (!test_frame(ctx))
		return foreign();
	if (++frames % 100 == 0)
		return answered(ctx, ON_INGRESS, XDP_DROP);
	return answered(ctx, ON_INGRESS, bpf_redirect_map(&targets, key, flags));`)

/** Takes far longer for a frame than a generator does. What it scrambles is never 0, which clang does not know. */
export const TOO_SLOW = source(`__u64 number = ++frames;
	if (!test_frame(ctx))
		return foreign();
	for (__u32 i = 0; i < 120000; i++)
		number = (number ^ number >> 29) * 0xbf58476d1ce4e5b9ULL;
	if (number == 0)
		return answered(ctx, ON_INGRESS, XDP_DROP);
	return answered(ctx, ON_INGRESS, bpf_redirect_map(&targets, key, flags));`)

/** Loses every second of its first frames, then each of some, and then none. */
export const recovering = (first: number, then: number): string =>
  source(`if (!test_frame(ctx))
		return foreign();
	__u64 before = frames++;
	if (before < ${first} ? before % 2 : before < ${first + then})
		return answered(ctx, ON_INGRESS, XDP_DROP);
	return answered(ctx, ON_INGRESS, bpf_redirect_map(&targets, key, flags));`)

/** Reads a byte that may lie behind the frame's end, which the verifier refuses. */
export const READS_PAST_THE_END = source(
  `return *((__u8 *)(long)ctx->data) + frames == 0 ? XDP_DROP : XDP_PASS;`,
)

/** @returns path of the compiled program. */
export async function compile(folder: string, name: string, text: string): Promise<string> {
  const [from, to] = [join(folder, `${name}.bpf.c`), join(folder, `${name}.bpf.o`)]
  writeFileSync(from, text)
  const headers = [
    join(REPOSITORY, 'fixtures/programs'),
    `/usr/include/${MACHINES[arch()] ?? arch()}-linux-gnu`,
  ]
  const argv = [
    '-O2',
    '-g',
    '-target',
    'bpf',
    '-mcpu=v3',
    ...headers.map((one) => `-I${one}`),
    '-c',
    from,
    '-o',
    to,
  ]
  await execute('clang', argv)
  return to
}
