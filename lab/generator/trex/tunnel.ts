/**
 * The way to a server's ports through the host's own connection: TRex asks nobody who he is, so nothing of it may be
 * reached by others. On this side it is two sockets in a folder that only this user can enter.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Host } from '../../remote/host.ts'

export interface Tunnel {
  /** Address of ZeroMQ for each port that was asked for. */
  readonly addresses: Readonly<Record<number, string>>
  close(): Promise<void>
}

/** @param ports TCP ports of the host. */
export async function openTunnel(host: Host, ports: readonly number[]): Promise<Tunnel> {
  // mkdtemp makes it with mode 0700.
  const folder = await mkdtemp(join(tmpdir(), 'redirect-lab-trex-'))
  const open = new Set<Socket>()
  const servers: Server[] = []
  const close = async () => {
    for (const socket of open) socket.destroy()
    for (const server of servers) server.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const addresses = await Promise.all(
      ports.map(async (port) => {
        const server = createServer((socket) => splice(host, port, socket, open))
        servers.push(server)
        const path = join(folder, String(port))
        await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
        return [port, `ipc://${path}`] as const
      }),
    )
    return { addresses: Object.fromEntries(addresses), close }
  } catch (error) {
    await close()
    throw error
  }
}

function splice(host: Host, port: number, socket: Socket, open: Set<Socket>): void {
  open.add(socket)
  socket.once('close', () => open.delete(socket))
  socket.on('error', () => undefined)
  host.connect(port).then(
    (far) => {
      far.on('error', () => socket.destroy())
      socket.once('close', () => far.destroy())
      far.once('close', () => socket.destroy())
      socket.pipe(far).pipe(socket)
    },
    // Nothing listens there: ZeroMQ tries again by itself.
    () => socket.destroy(),
  )
}
