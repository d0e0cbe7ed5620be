/** `lab up` and `lab down`: a virtual lab that stays until it is ended, to be entered by hand. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { z } from 'zod'
import { openHosts } from '../provider/open-hosts.ts'
import { RESULTS } from '../record/run-folder.ts'
import { drawTopology } from '../topology/draw-topology.ts'
import { type LoadedTopology, loadTopology } from '../topology/load.ts'
import { WrongUse } from './wrong-use.ts'

const LAB = fileURLToPath(new URL('./lab.mjs', import.meta.url))
const END_MS = 5_000

/** When a process began tells it from a later one of the same number. */
const Standing = z.object({ pid: z.number(), began: z.string() })

export async function up({
  topology: file,
  foreground,
}: {
  topology: string
  foreground?: boolean
}): Promise<void> {
  const loaded = await loadTopology(file)
  const { topology } = loaded
  if (topology.dut.host !== 'namespace')
    throw new WrongUse(`${file} describes real machines, which are up already; \`lab up\` makes virtual labs`)
  const ending = `\`lab down --topology ${file}\` ends it`
  if (standing(topology.name)) throw new WrongUse(`lab ${topology.name} is up already; ${ending}`)
  if (foreground) return stand(loaded)
  const child = execa(process.execPath, [LAB, 'up', '--foreground', '--topology', file], {
    detached: true,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    cleanup: false,
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const outcome = await Promise.race([
    new Promise<string>((resolve) => {
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (text.endsWith('ready\n')) resolve(text.slice(0, -'ready\n'.length))
      })
    }),
    child.then(() => undefined),
  ])
  if (outcome === undefined) {
    console.error(complaint.trimEnd())
    process.exitCode = child.exitCode ?? 3
    return
  }
  console.log(`${drawTopology(topology)}\n\n${outcome}\n${ending}.`)
  child.stdout.destroy()
  child.stderr.destroy()
  child.unref()
}

export async function down({ topology: file }: { topology: string }): Promise<void> {
  const { topology } = await loadTopology(file)
  const found = standing(topology.name)
  if (!found) throw new WrongUse(`lab ${topology.name} is not up`)
  process.kill(found.pid, 'SIGTERM')
  const end = performance.now() + END_MS
  while (standing(topology.name) && performance.now() < end) await delay(20)
  // Nothing needs its last words: what it holds ends with it.
  if (standing(topology.name)) process.kill(found.pid, 'SIGKILL')
  console.log(`lab ${topology.name} is down`)
}

async function stand({ topology }: LoadedTopology): Promise<void> {
  const hosts = await openHosts(topology)
  const file = fileOf(topology.name)
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(file, JSON.stringify({ pid: process.pid, began: beganAt(process.pid) }))
  for (const [host, command] of Object.entries(hosts.enter ?? {}))
    console.log(`enter the ${host}: ${command} bash`)
  console.log('ready')
  await new Promise<void>((resolve) =>
    process.once('SIGTERM', () => resolve()).once('SIGINT', () => resolve()),
  )
  await hosts.close()
  rmSync(file, { force: true })
}

function standing(name: string): z.infer<typeof Standing> | undefined {
  try {
    const found = Standing.parse(JSON.parse(readFileSync(fileOf(name), 'utf8')))
    return beganAt(found.pid) === found.began ? found : undefined
  } catch {
    return undefined
  }
}

const fileOf = (name: string) => join(RESULTS, `up-${name}.json`)

/**
 * Field 22 of /proc/PID/stat; the name before it may hold spaces. One that was killed stays in the list until
 * somebody asks for it, which in a container may be never.
 */
function beganAt(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}
