/**
 * Why a frame is lost, in words: one table for the ledger, the report and messages. What the kernel does is
 * in net/core/filter.c, kernel/bpf/{devmap,cpumap}.c and net/xdp/xsk.c (read in Linux 6.12).
 */
import type { Target } from '../units/redirect.ts'

/** On its way through the DUT a frame is lost at exactly one of these, in this order. */
export const STAGES = ['ingress', 'program', 'redirect', 'flush', 'cpu', 'stack', 'egress', 'wire'] as const
export type Stage = (typeof STAGES)[number]

export const STAGE_MEANING: Readonly<Record<Stage, string>> = {
  ingress: 'the receive ring of the DUT’s ingress port, before XDP',
  program: 'the program’s own answer',
  redirect: 'xdp_do_redirect(): lookup and enqueue',
  flush: 'xdp_do_flush(): the bulk handed to the target',
  cpu: 'the thread of a cpumap’s entry',
  stack: 'the DUT’s own IP stack, for frames that are passed to it',
  egress: 'the program on a devmap’s entry',
  wire: 'behind the redirect: target port, cable, receiver',
}

/** Who tells of a loss there, and of what the kernel says nothing. */
export const STAGE_EVIDENCE: Readonly<Record<Stage, string>> = {
  ingress: 'counters of the port (on veth, of its peer)',
  program: 'xdp_exception for XDP_ABORTED; for the other answers only what the program counts itself',
  redirect: 'xdp_redirect_err with the errno; of a port that a broadcast leaves out, nothing',
  flush:
    'xdp_devmap_xmit with drops and errno, xdp_cpumap_enqueue with drops; xdp_redirect has called it a success',
  cpu: 'xdp_cpumap_kthread, as one sum of all that was dropped there',
  stack: '/proc/net/snmp and /proc/net/netstat',
  egress: 'drops of xdp_devmap_xmit (native mode), xdp_exception for XDP_ABORTED; else nothing',
  wire: 'counters of the target port, and whoever receives',
}

export interface Reason {
  readonly stage: Stage
  /** As it stands in tables and records: `ENETDOWN`, `XDP_DROP`, `queue full`. */
  readonly name: string
  readonly targets?: readonly Target[]
  readonly meaning: string
  /** What most often leads to it. */
  readonly cause: string
  readonly try: string
  /** The kernel function that decides it. */
  readonly where: string
}

const DEVMAPS: readonly Target[] = ['devmap', 'devmap-hash']
const PORTS: readonly Target[] = [...DEVMAPS, 'ifindex']
/** The program on a cpumap's entry may redirect onward to a port. */
const TO_PORTS: readonly Target[] = [...PORTS, 'cpumap']

export const REASONS: readonly Reason[] = [
  {
    stage: 'ingress',
    name: 'ring full',
    meaning: 'more frames came than the CPU took out of the receive ring',
    cause: 'a burst, or a CPU that is busy with something else',
    try: 'offer less, give the port more queues or CPUs, look for what else runs on its CPU',
    where: 'driver',
  },
  {
    stage: 'program',
    name: 'XDP_ABORTED',
    meaning: 'the helper found no entry for the key (flags 0), or refused its flags',
    cause:
      'the map was not filled for this key, an entry went with its port or socket, or a flag that this map does not know',
    try: 'fill the map for this key, keep the key below max_entries, check the flags',
    where: '__bpf_xdp_redirect_map',
  },
  {
    stage: 'program',
    name: 'XDP_DROP',
    meaning: 'the program dropped the frame, or a lookup miss with flags XDP_DROP',
    cause: 'a rule of the program, or a map that was not filled',
    try: 'look into the program and its map',
    where: '__bpf_xdp_redirect_map',
  },
  {
    stage: 'program',
    name: 'XDP_PASS',
    meaning: 'the program passed the frame to the stack, or a lookup miss with flags XDP_PASS',
    cause: 'a frame that the program has no rule for, or a map that was not filled',
    try: 'look into the program and its map',
    where: '__bpf_xdp_redirect_map',
  },
  {
    stage: 'program',
    name: 'XDP_TX',
    meaning: 'the program sent the frame back out of its port, or a lookup miss with flags XDP_TX',
    cause: 'a rule of the program, or a map that was not filled',
    try: 'look into the program and its map',
    where: '__bpf_xdp_redirect_map',
  },
  {
    stage: 'redirect',
    name: 'EOPNOTSUPP',
    targets: TO_PORTS,
    meaning:
      'the target port does not take redirected frames (NDO_XMIT), or no non-linear ones (NDO_XMIT_SG)',
    cause:
      'no XDP program on the target port, a driver without NDO_XMIT, or a tap, tun or older driver without NDO_XMIT_SG',
    try: 'attach an XDP program to the target port (many drivers need one; on veth its peer does), and see its xdp-features',
    where: '__xdp_enqueue',
  },
  {
    stage: 'redirect',
    name: 'ENETDOWN',
    targets: TO_PORTS,
    meaning: 'the target port is down',
    cause: 'nobody brought it up, or it was taken down under traffic',
    try: 'ip link set dev PORT up',
    where: 'xdp_ok_fwd_dev',
  },
  {
    stage: 'redirect',
    name: 'EMSGSIZE',
    targets: TO_PORTS,
    meaning: 'the frame is longer than the target port’s MTU with Ethernet header and a VLAN tag',
    cause: 'the target’s MTU is smaller than the ingress port’s, or the program made the frame longer',
    try: 'raise the target’s MTU to the ingress port’s',
    where: 'xdp_ok_fwd_dev',
  },
  {
    stage: 'redirect',
    name: 'EINVAL',
    targets: TO_PORTS,
    meaning: 'no port has this ifindex, or the program redirects after a lookup that missed',
    cause:
      'a port that was removed, or is in another network namespace; a program that returns XDP_REDIRECT whatever the helper said',
    try: 'check the ifindex; return what the helper answered',
    where: 'xdp_do_redirect',
  },
  {
    stage: 'redirect',
    name: 'EINVAL',
    targets: ['xskmap'],
    meaning: 'the socket is bound to another port or queue than the frame came in on',
    cause: 'one key for all queues, or traffic steered to another queue than the socket’s',
    try: 'index the map by rx_queue_index, bind a socket to each queue',
    where: 'xsk_rcv_check',
  },
  {
    stage: 'redirect',
    name: 'EBADRQC',
    meaning: 'XDP_REDIRECT without a redirect helper called, or a map type that this mode does not know',
    cause: 'a path through the program that returns XDP_REDIRECT by itself',
    try: 'return the helper’s answer',
    where: 'xdp_do_redirect',
  },
  {
    stage: 'redirect',
    name: 'EOVERFLOW',
    meaning:
      'too little headroom or no tailroom for a frame descriptor, or a broadcast from a port with more than 8 upper devices',
    cause: 'a program that took the headroom for its own headers, or a driver that sets no frame size',
    try: 'leave XDP_PACKET_HEADROOM; a driver without tailroom has a bug',
    where: 'xdp_convert_buff_to_frame',
  },
  {
    stage: 'redirect',
    name: 'ENOSPC',
    targets: ['cpumap'],
    meaning: 'the queue of the target CPU is full (generic mode)',
    cause: 'frames come faster than that CPU takes them',
    try: 'a longer queue (qsize), less load, another CPU',
    where: 'cpu_map_generic_redirect',
  },
  {
    stage: 'redirect',
    name: 'ENOSPC',
    targets: ['xskmap'],
    meaning: 'the frame is larger than a chunk and the socket was bound without XDP_USE_SG',
    cause: 'jumbo frames, or chunks of 2048 bytes with headroom',
    try: 'bind with XDP_USE_SG, or use larger chunks',
    where: 'xsk_rcv_check',
  },
  {
    stage: 'redirect',
    name: 'ENXIO',
    targets: ['xskmap'],
    meaning: 'the socket in the map is not bound',
    cause: 'the socket was put into the map before bind(), or was let go of since',
    try: 'bind it before it is put into the map',
    where: 'xsk_rcv_check',
  },
  {
    stage: 'redirect',
    name: 'ENOMEM',
    targets: ['xskmap'],
    meaning: 'the fill ring is empty',
    cause: 'the reader does not give buffers back, or is kept from its CPU',
    try: 'give frames back faster, fill more of them',
    where: '__xsk_rcv',
  },
  {
    stage: 'redirect',
    name: 'ENOBUFS',
    targets: ['xskmap'],
    meaning: 'the receive ring of the socket is full',
    cause: 'the reader is slower than the frames come',
    try: 'read faster, use a longer ring',
    where: '__xsk_rcv',
  },
  {
    stage: 'redirect',
    name: 'ENOENT',
    meaning: 'broadcast through a map that is being torn down',
    cause: 'the map’s owner ended under traffic',
    try: 'stop the traffic first',
    where: 'xdp_do_redirect',
  },
  {
    stage: 'redirect',
    name: 'ENOMEM',
    meaning: 'no memory for a copy of a broadcast frame',
    cause: 'memory pressure, or a burst of clones',
    try: 'look for memory pressure',
    where: 'dev_map_enqueue_clone',
  },
  {
    stage: 'redirect',
    name: 'target skipped',
    targets: DEVMAPS,
    meaning:
      'the broadcast left this port out without a word: it is down, too small of MTU, or takes no redirected frames',
    cause:
      'the kernel looks at each port before it copies, and counts the redirect as successful even when no port is left',
    try: 'ip link set dev PORT up, raise its MTU, attach an XDP program to it',
    where: 'is_valid_dst',
  },
  {
    stage: 'flush',
    name: 'queue full',
    targets: ['cpumap'],
    meaning: 'the queue of the target CPU is full; the redirect counts as successful (native mode)',
    cause: 'frames come faster than that CPU takes them, or it is the CPU that receives them',
    try: 'a longer queue (qsize), less load, another CPU',
    where: 'bq_flush_to_queue',
  },
  {
    stage: 'flush',
    name: 'refused',
    targets: TO_PORTS,
    meaning:
      'the target port took only part of a bulk: its transmit ring was full; the redirect counts as successful',
    cause: 'a slower line or receiver than what comes in, or too short a ring for a burst',
    try: 'offer less, use a longer transmit ring, look at the receiver',
    where: 'ndo_xdp_xmit',
  },
  {
    stage: 'flush',
    name: 'ENXIO',
    targets: TO_PORTS,
    meaning: 'the target port has no transmit queue for this CPU, or no program attached',
    cause:
      'fewer transmit queues than CPUs, no program on the target or its veth peer, or a tap that nobody has opened',
    try: 'as many queues as CPUs; attach a program to the target',
    where: 'ndo_xdp_xmit',
  },
  {
    stage: 'flush',
    name: 'EINVAL',
    targets: TO_PORTS,
    meaning:
      'the target port has no transmit queue for this CPU, is down, or has no program attached (bnxt, gve, sfc)',
    cause: 'the program was taken off the target, or CPUs beyond its queues receive',
    try: 'as many queues as CPUs; bring the port up and attach a program to it',
    where: 'ndo_xdp_xmit',
  },
  {
    stage: 'flush',
    name: 'ENETDOWN',
    targets: TO_PORTS,
    meaning: 'the target port went down or lost its carrier',
    cause: 'a cable pulled or a reset after the frame was put into the bulk',
    try: 'check the cable and the port',
    where: 'ndo_xdp_xmit',
  },
  {
    stage: 'cpu',
    name: 'no skb',
    meaning: 'no socket buffer could be had for the frame',
    cause: 'memory pressure',
    try: 'look for memory pressure',
    where: 'cpu_map_kthread_run',
  },
  {
    stage: 'cpu',
    name: 'no program',
    meaning: 'the entry has no program, and the stack of its CPU took the frame',
    cause: 'the entry was written with a queue size alone',
    try: 'put a program on the entry, or see what the stack does with it',
    where: 'cpu_map_kthread_run',
  },
  {
    stage: 'cpu',
    name: 'XDP_ABORTED',
    meaning: 'the program on the entry aborted',
    cause: 'a lookup that missed in that program',
    try: 'look into that program',
    where: 'cpu_map_bpf_prog_run_xdp',
  },
  {
    stage: 'cpu',
    name: 'XDP_DROP',
    meaning: 'the program on the entry dropped the frame',
    cause: 'a rule of that program',
    try: 'look into that program',
    where: 'cpu_map_bpf_prog_run_xdp',
  },
  {
    stage: 'cpu',
    name: 'XDP_PASS',
    meaning: 'the program on the entry passed the frame to the stack of that CPU',
    cause: 'that program means the stack to have it, and the stack has no use for it',
    try: 'look into that program',
    where: 'cpu_map_bpf_prog_run_xdp',
  },
  {
    stage: 'cpu',
    name: 'XDP_TX',
    meaning: 'the program on the entry answered XDP_TX, which it may not: the frame is dropped',
    cause: 'a program that was written for a port',
    try: 'look into that program',
    where: 'cpu_map_bpf_prog_run_xdp',
  },
  {
    stage: 'stack',
    name: 'Ip.InHdrErrors',
    meaning: 'the stack found no valid IPv4 header where it should be, or the TTL had run out',
    cause: 'a frame that the program rewrote, or that was cut or joined wrongly on the way',
    try: 'look at the frame as the stack gets it (tcpdump on the ingress port); on Linux 6.18 every generic frame in several buffers ends so behind a cpumap',
    where: 'ip_rcv_core',
  },
  {
    stage: 'stack',
    name: 'Ip.InDiscards',
    meaning: 'the stack had no room for the frame',
    cause: 'memory pressure',
    try: 'look for memory pressure',
    where: 'ip_rcv_core',
  },
  {
    stage: 'stack',
    name: 'Ip.InAddrErrors',
    meaning: 'the stack has no use for this destination address',
    cause: 'forwarding is off, or the address is nobody’s',
    try: 'turn forwarding on, give the port an address, look at rp_filter',
    where: 'ip_route_input_slow',
  },
  {
    stage: 'stack',
    name: 'IpExt.InNoRoutes',
    meaning: 'the stack has no route to the destination',
    cause: 'the routing table of that network namespace is empty',
    try: 'add a route',
    where: 'ip_error',
  },
  {
    stage: 'stack',
    name: 'Ip.InUnknownProtos',
    meaning: 'the frame was for the DUT itself, which has nobody for its protocol',
    cause: 'a frame for the DUT’s own address',
    try: 'compare the destination address with the DUT’s own',
    where: 'ip_protocol_deliver_rcu',
  },
  {
    stage: 'stack',
    name: 'Ip.OutDiscards',
    meaning: 'the stack could not send the frame on: no room, or a filter',
    cause: 'a firewall rule, or no neighbour that answers',
    try: 'look for memory pressure and at nftables',
    where: 'ip_output',
  },
  {
    stage: 'stack',
    name: 'Ip.OutNoRoutes',
    meaning: 'the stack has no route for what it sends',
    cause: 'the routing table of that network namespace is empty',
    try: 'add a route',
    where: 'ip_route_output',
  },
  {
    stage: 'stack',
    name: 'Ip.FragFails',
    meaning: 'the frame is longer than the MTU of the port it is routed to, and may not be split',
    cause: 'ports of different MTU and a frame with the DF bit',
    try: 'raise that MTU',
    where: 'ip_forward',
  },
  {
    stage: 'stack',
    name: 'IpExt.InTruncatedPkts',
    meaning: 'the frame is shorter than its IPv4 header says',
    cause: 'a frame that was cut on the way',
    try: 'look at the frame as the stack gets it (tcpdump on the ingress port)',
    where: 'ip_rcv_core',
  },
  {
    stage: 'egress',
    name: 'XDP_DROP',
    meaning: 'the program on the devmap’s entry dropped the frame',
    cause: 'a rule of that program',
    try: 'look into that program',
    where: 'dev_map_bpf_prog_run',
  },
  {
    stage: 'egress',
    name: 'XDP_ABORTED',
    meaning: 'the program on the devmap’s entry aborted',
    cause: 'an error path of that program',
    try: 'look into that program',
    where: 'dev_map_bpf_prog_run',
  },
  {
    stage: 'egress',
    name: 'XDP_TX',
    meaning: 'the program on the devmap’s entry answered XDP_TX, which it may not: the frame is dropped',
    cause: 'a program that was written for a port',
    try: 'look into that program',
    where: 'dev_map_bpf_prog_run',
  },
  {
    stage: 'egress',
    name: 'XDP_REDIRECT',
    meaning:
      'the program on the devmap’s entry answered XDP_REDIRECT, which it may not: the frame is dropped',
    cause: 'a program that was written for a port',
    try: 'look into that program',
    where: 'dev_map_bpf_prog_run',
  },
  {
    stage: 'wire',
    name: 'transmit dropped',
    meaning: 'the target port dropped the frame after the redirect had succeeded',
    cause: 'a stopped transmit queue, or a peer without room',
    try: 'look at its transmit queue and its peer',
    where: 'generic_xdp_tx, driver',
  },
  {
    stage: 'wire',
    name: 'socket closed',
    targets: ['xskmap'],
    meaning: 'the frame lay in the ring of a socket that was closed before it was read',
    cause: 'the reader ended under traffic',
    try: 'take the socket out of the map first, then read its ring, then close it',
    where: 'xsk_release',
  },
  {
    stage: 'wire',
    name: 'wrong port',
    meaning: 'the frame arrived at another port than the one it was redirected to',
    cause:
      'an ifindex of another network namespace, or XDP_REDIRECT returned after a lookup that missed: a key left by the frame before is then taken for an ifindex',
    try: 'compare the map’s entries with the cabling',
    where: 'the map’s entry',
  },
]

/** What a row says, in one line for ledgers and messages. */
export function reasonWords({ meaning, cause, try: remedy, where }: Reason): string[] {
  return [`${meaning} (${where}).`, `Likely: ${cause}.`, `Try: ${remedy}.`]
}

/** The row for a loss; undefined for one that no row describes yet. */
export function reasonFor(stage: Stage, name: string, target: Target): Reason | undefined {
  const rows = REASONS.filter((row) => row.stage === stage && row.name === name)
  return rows.find((row) => row.targets?.includes(target)) ?? rows.find((row) => row.targets === undefined)
}
