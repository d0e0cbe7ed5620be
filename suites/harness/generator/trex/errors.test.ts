import { expect, test } from '@playwright/test'
import { explained, TREX_ERRORS } from '../../../../lab/generator/trex/errors.ts'

/** As TRex 3.08 and its client said it, and what the lab makes of it. */
const CATALOGUE: readonly (readonly [said: string, told: RegExp])[] = [
  ['*** [RPC] - Failed to get server response from tcp://127.0.0.1:4999', /does not answer/],
  ['*** [RPC] - Failed to send message to server general exception', /does not answer/],
  ["'get_active_ports' - is not valid while disconnected", /does not answer/],
  ['no answer for 1900 ms', /does not answer/],
  ["API verification failed - API handler provided mismatch for class: 'common'", /was restarted meanwhile/],
  [
    "RPC version mismatch: a newer client version is required\n(API type 'STL':  - server: '5.1', client: '4.7')",
    /server is newer than the client/,
  ],
  [
    "Version mismatch: your client version is too new to be supported by the server\n(API type 'STL':  - server: '5.1', client: '6.0')",
    /server is older than the client/,
  ],
  [
    "RPC configuration mismatch - server RPC configuration: 'ASTF', client RPC configuration: 'STL'",
    /mode ASTF, not stateless/,
  ],
  [
    "Port 0 : *** port is already taken by 'alice'\nPort 1 : *** port is already taken by 'alice'",
    /held by alice/,
  ],
  ["Port 0 : *** port is already owned by another session of 'alice'", /held by alice/],
  ['port(s) [0]: must be acquired', /taken its ports meanwhile/],
  ['Port 0 : *** start - port is not owned', /taken its ports meanwhile/],
  ['port(s) [5]: invalid port IDs', /has no port 5/],
  ['Port 0 : *** profile [_] does not exist in the port [0]', /no streams for this port/],
  ["Argument: 'mult' invalid value: 'abc'", /does not take 'abc' as mult/],
  ["Argument: 'duration' invalid type: 'str', expecting type(s): ['int', 'float'].", /as duration/],
  ["Port 0 : *** multiplier can't be zero", /above zero/],
  ['Port 0 : *** Rate value should be positive.', /above zero/],
  ["Port 0 : *** error at offset: 316 - 'value' has negative value.", /above zero/],
  [
    "Port 0 : *** Expected L1 B/W: '20 Gbps' exceeds port line rate: '10 Gbps'",
    /more than the line of 10 Gbps carries/,
  ],
  ["port(s) [0._]: are active - please stop them or specify 'force'", /still sending/],
  ['port(s) [0._]: are active', /still sending/],
  ['Port 0 : *** Failed determining l3 proto for packet', /not IP/],
  [
    "Port 0 : *** For payload rules: Can't have two streams with same pg_id, or same stream on more than one port",
    /one packet group/,
  ],
  [
    'Port 0 : *** Bad packet size provided: 9302. Should be between 14 and 9238',
    /at most 9238 bytes here, not 9302/,
  ],
  [
    'Port 0 : *** Failed allocating statistic counter. Probably all are used for this rule type.',
    /no counter left/,
  ],
  [
    "port(s) [0]: cannot be under service mode - please disable service mode or specify 'force'",
    /in service mode/,
  ],
  ["port(s) [1]: link is DOWN - check the connection or specify 'force'", /link of the sending port is down/],
  [
    'Port 0 dest MAC is invalid and there are streams without explicit dest MAC.',
    /no destination MAC address/,
  ],
  ['Server was busy within 3 sec, try again later', /too busy/],
  ['Could not determine path of external_libs, try setting TREX_EXT_LIBS variable', /not whole/],
  ["No module named 'scapy'", /there is no scapy/],
  ['Python 3.13.1', /Python 3.13.1 cannot run TRex’s client library, which needs 3.6 to 3.12/],
  [
    'Python Traceback follows:\n\n  File "x.py", line 3, in get_streams\nNameError: name \'y\' is not defined\n',
    /the profile fails: NameError: name 'y' is not defined/,
  ],
  [
    'Python Traceback follows:\n\n  File "x.py", line 1\nModuleNotFoundError: No module named \'y\'\n',
    /the profile fails: ModuleNotFoundError: No module named 'y'/,
  ],
  ["file '/tmp/x.yaml' is not a valid YAML formatted file", /the profile is not valid YAML/],
  ['the profile has no streams for this direction', /no streams for this port/],
  ['the profile ends the program that reads it: exit code 4', /exit code 4/],
]

for (const [said, told] of CATALOGUE)
  test(`"${said
    .trim()
    .split('\n')
    .findLast((line) => !line.startsWith(' '))!}" becomes a message that says what to do`, () => {
    const { message } = explained('start', { kind: 'TRexError', message: said })
    expect(message).toMatch(/^generator: /)
    expect(message).toMatch(told)
    // What is wrong, then what to do: two sentences at least, nothing left open in them.
    expect(message).toMatch(/\. [A-Z].*\.$/s)
    expect(message).not.toMatch(/\$\d/)
  })

test('Each row of the table has something said that leads to it', () => {
  const matched = CATALOGUE.map(([said]) => TREX_ERRORS.find(({ says }) => says.test(said)))
  expect(TREX_ERRORS.filter((row) => !matched.includes(row)).map(({ what }) => what)).toEqual([])
})

test('What nobody has met before is told in TRex’s own words', () => {
  const { message } = explained('start', { kind: 'TRexError', message: 'the flux\n capacitor is empty' })
  expect(message).toContain("TRex refuses 'start': TRexError: the flux capacitor is empty.")
})

test('Only a server that is gone ends the conversation', () => {
  const dead = CATALOGUE.filter(([message]) => explained('x', { kind: '', message }).dead)
  expect(dead).toHaveLength(5)
})
