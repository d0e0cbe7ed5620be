/** Puts the agent on a machine. Its file name carries the hash of its content: a stale copy is never run. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Unsupported } from './unsupported.ts'
import type { Host } from './host.ts'

const UPLOAD_MS = 60_000
const placed = new WeakMap<Host, Promise<string>>()

/** Path of the agent on the host, after making sure that it is there. */
export function agentPath(host: Host): Promise<string> {
  const known = placed.get(host)
  if (known) return known
  const path = place(host)
  placed.set(host, path)
  // What failed once may work the next time.
  path.catch(() => placed.delete(host))
  return path
}

async function place(host: Host): Promise<string> {
  const machine = (await host.run(['uname', '-m'])).trim()
  const binary = await readBinary(machine)
  const name = `agent-${createHash('sha256').update(binary).digest('hex').slice(0, 16)}`
  // Renamed when whole, so that the name never stands for half a file.
  const script = [
    'set -e; umask 077; d=${XDG_CACHE_HOME:-$HOME/.cache}/redirect-lab; f=$d/$1',
    'if [ "$2" = put ]; then mkdir -p "$d"; cat > "$f.$$"; chmod 700 "$f.$$"; mv "$f.$$" "$f"; fi',
    'if [ -x "$f" ]; then echo "$f"; fi',
  ].join('\n')
  const found = (await host.run(['sh', '-c', script, 'sh', name, 'look'])).trim()
  if (found) return found
  return (
    await host.run(['sh', '-c', script, 'sh', name, 'put'], { input: binary, timeoutMs: UPLOAD_MS })
  ).trim()
}

async function readBinary(machine: string): Promise<Buffer> {
  const file = fileURLToPath(new URL(`../agent/build/${machine}/agent`, import.meta.url))
  try {
    return await readFile(file)
  } catch {
    throw new Unsupported(
      `an agent for ${machine}`,
      `lab/agent/build/${machine}/agent is not built: run \`npm run setup\` here, or \`make -C lab/agent\` on a ${machine} machine and copy the file here`,
    )
  }
}
