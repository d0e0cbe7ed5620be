/** What TRex and its client say when something is wrong, and what to do about it. */
import { GeneratorError } from '../generator-error.ts'

export interface Said {
  /** Class of the client's exception. */
  readonly kind: string
  readonly message: string
}

export class TrexError extends GeneratorError {
  /** The server no longer answers: nothing more will come of this connection. */
  readonly dead: boolean
  /** Who holds the port that was wanted. */
  readonly owner: string | undefined

  constructor(
    what: string,
    remedy: string,
    { dead = false, owner }: { dead?: boolean; owner?: string } = {},
  ) {
    super(what, remedy)
    this.dead = dead
    this.owner = owner
  }
}

interface Row {
  readonly says: RegExp
  /** `$1` and so on are what the pattern found. */
  readonly what: string
  readonly remedy: string
  readonly dead?: true
  /** The pattern's first group is the name of who holds a port. */
  readonly owner?: true
}

/** The first that matches. */
export const TREX_ERRORS: readonly Row[] = [
  // First, since a profile may fail in words that mean something else elsewhere: No module named 'x'.
  {
    says: /Python Traceback follows:[\s\S]*\n(\S[^\n]*)\s*$/,
    what: 'the profile fails: $1',
    remedy: 'Try it with TRex itself: ./stl-sim -f PROFILE.',
  },
  {
    says: /^Python (\S+)$/,
    what: 'Python $1 cannot run TRex’s client library, which needs 3.6 to 3.12',
    remedy: 'Install one of these, and name it: LAB_PYTHON=python3.12.',
  },
  {
    says: /Could not determine path of external_libs|Unable to find required external library: '?(\w*)/,
    what: 'TRex’s client library is not whole: its external_libs are missing',
    remedy: 'Name the folder of an unpacked TRex release (with automation/ and external_libs/ in it).',
  },
  {
    says: /No module named '?([\w.]+)/,
    what: 'TRex’s client library is not whole: there is no $1',
    remedy: 'Name the folder of an unpacked TRex release (with automation/ and external_libs/ in it).',
  },
  {
    says: /a newer client version is required/,
    what: 'the TRex server is newer than the client library',
    remedy: 'Take both from one installation: `path` in the topology, or TREX_DIR.',
  },
  {
    says: /your client version is too new|Mismatch between client and server versions/,
    what: 'the TRex server is older than the client library',
    remedy: 'Take both from one installation: `path` in the topology, or TREX_DIR.',
  },
  {
    says: /RPC configuration mismatch - server RPC configuration: '(\w+)'/,
    what: 'the TRex server runs in the mode $1, not stateless (STL)',
    remedy: 'Start it with -i and without --astf.',
  },
  {
    says: /Failed to get server response|Failed to send message|Not connected to server|^no answer for|the connection to the server was lost|is not valid while disconnected|Subscriber timeout|connection to the server had been lost/i,
    what: 'the TRex server does not answer',
    remedy:
      'It was killed, hangs or cannot be reached; its log is among the evidence. Start it anew, or run again.',
    dead: true,
  },
  {
    says: /API verification failed/,
    what: 'the TRex server was restarted meanwhile',
    remedy: 'Run again.',
    dead: true,
  },
  {
    says: /already (?:taken by|owned by another session of) '([^']*)'/,
    what: 'its ports are held by $1',
    remedy: 'Wait until they are let go, or take them with --take-over, which ends what runs on them.',
    owner: true,
  },
  {
    says: /must be acquired|port is not owned/,
    what: 'somebody has taken its ports meanwhile',
    remedy: 'Find out who uses this TRex; the trial says nothing.',
  },
  {
    says: /port\(s\) \[?([^\]:]*)\]?: invalid port IDs/,
    what: 'the TRex server has no port $1',
    remedy: 'It needs a port for each of generator.ports, in the same order: compare with its configuration.',
  },
  {
    says: /link is DOWN/,
    what: 'the link of the sending port is down',
    remedy: 'See whether the cable is in, and the DUT’s port up.',
  },
  {
    says: /exceeds port line rate: '([^']*)'/,
    what: 'the load is more than the line of $1 carries',
    remedy: 'Ask for a lower rate, or leave it out for as fast as the line goes.',
  },
  {
    says: /Bad packet size provided: (\d+)\. Should be between 14 and (\d+)/,
    what: 'TRex sends frames of at most $2 bytes here, not $1',
    remedy: 'Ask for shorter frames.',
  },
  {
    says: /Failed allocating statistic counter/,
    what: 'TRex has no counter left for so many flows',
    remedy: 'It counts 1023 groups of frames and 128 of latency: ask for fewer flows.',
  },
  {
    says: /streams with same pg_id/,
    what: 'two latency streams have one packet group',
    remedy: 'Give each STLFlowLatencyStats of the profile a pg_id of its own, above 1000.',
  },
  {
    says: /Failed determining l3 proto/,
    what: 'a stream with flow statistics is not IP',
    remedy: 'STLFlowStats counts IPv4 and IPv6 only: leave it out of that stream.',
  },
  {
    says: /dest MAC is invalid and there are streams without explicit dest MAC/,
    what: 'a stream has no destination MAC address, and TRex knows none',
    remedy: 'Give its packets one: Ether(dst=…).',
  },
  {
    says: /Rate value should be positive|multiplier can't be zero|'value' has negative value/,
    what: 'a rate has to be above zero',
    remedy: 'Ask for at least one frame a second.',
  },
  {
    says: /Argument: '(\w+)' invalid (?:value|type): (.*)/,
    what: 'TRex does not take $2 as $1',
    remedy: 'A multiplier is like 2, 10kpps, 5gbps, 5gbpsl1 or 50%.',
  },
  {
    says: /does not exist in the port|the profile has no streams/,
    what: 'the profile has no streams for this port',
    remedy: 'Let get_streams() return some for each direction that is to send.',
  },
  {
    says: /under service mode - please disable/,
    what: 'a port is in service mode',
    remedy: 'Somebody works with it by hand: leave service mode there, or take the ports with --take-over.',
  },
  {
    says: /are active/,
    what: 'a port is still sending',
    remedy: 'Somebody else has started traffic on it, or an earlier run has not ended: run again.',
  },
  {
    says: /Server was busy|did not finish within/,
    what: 'the TRex server is too busy to answer',
    remedy: 'Give it more CPUs (generatorCpus), or lower the rate.',
  },
  {
    says: /^(the profile ends the program that reads it: exit code .*)$/,
    what: '$1',
    remedy: 'Let it return its streams and not call sys.exit().',
  },
  {
    says: /file '[^']*' is not a valid (\w+) formatted file/,
    what: 'the profile is not valid $1',
    remedy: 'Try it with TRex itself: ./stl-sim -f PROFILE.',
  },
]

/** @param op the call that it answered. */
export function explained(op: string, { kind, message }: Said): TrexError {
  for (const { says, what, remedy, dead, owner } of TREX_ERRORS) {
    const found = says.exec(message)
    if (!found) continue
    const filled = what.replace(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? '')
    return new TrexError(filled, remedy, {
      ...(dead ? { dead } : {}),
      ...(owner && found[1] !== undefined ? { owner: found[1] } : {}),
    })
  }
  const words = message.replace(/\s+/g, ' ').trim()
  return new TrexError(
    `TRex refuses '${op}': ${kind}: ${words}`,
    'These are TRex’s own words; its manual knows more.',
  )
}
