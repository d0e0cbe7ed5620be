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

export interface Reason {
  readonly stage: Stage
  /** As it stands in tables and records: `ENETDOWN`, `XDP_DROP`, `queue full`. */
  readonly name: string
  readonly targets?: readonly Target[]
  readonly meaning: string
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
    try: 'offer less, give the port more queues or CPUs, look for what else runs on its CPU',
    where: 'driver',
  },
  {
    stage: 'program',
    name: 'XDP_ABORTED',
    meaning: 'the helper found no entry for the key (flags 0), or refused its flags',
    try: 'fill the map for this key, keep the key below max_entries, check the flags',
    where: '__bpf_xdp_redirect_map',
  },
  {
    stage: 'program',
    name: 'XDP_DROP',
    meaning: 'the program dropped the frame, or a lookup miss with flags XDP_DROP',
    try: 'look into the program and its map',
    where: '__bpf_xdp_redirect_map',
  },
  {
    stage: 'program',
    name: 'XDP_PASS',
    meaning: 'the program passed the frame to the stack, or a lookup miss with flags XDP_PASS',
    try: 'look into the program and its map',
    where: '__bpf_xdp_redirect_map',
  },
  {
    stage: 'program',
    name: 'XDP_TX',
    meaning: 'the program sent the frame back out of its port, or a lookup miss with flags XDP_TX',
    try: 'look into the program and its map',
    where: '__bpf_xdp_redirect_map',
  },
  {
    stage: 'redirect',
    name: 'EOPNOTSUPP',
    targets: TO_PORTS,
    meaning:
      'the target port does not take redirected frames (NDO_XMIT), or no non-linear ones (NDO_XMIT_SG)',
    try: 'attach an XDP program to the target port (many drivers need one; on veth its peer does), and see its xdp-features',
    where: '__xdp_enqueue',
  },
  {
    stage: 'redirect',
    name: 'ENETDOWN',
    targets: TO_PORTS,
    meaning: 'the target port is down',
    try: 'ip link set dev PORT up',
    where: 'xdp_ok_fwd_dev',
  },
  {
    stage: 'redirect',
    name: 'EMSGSIZE',
    targets: TO_PORTS,
    meaning: 'the frame is longer than the target port’s MTU with Ethernet header and a VLAN tag',
    try: 'raise the target’s MTU to the ingress port’s',
    where: 'xdp_ok_fwd_dev',
  },
  {
    stage: 'redirect',
    name: 'EINVAL',
    targets: TO_PORTS,
    meaning: 'no port has this ifindex, or the program redirects after a lookup that missed',
    try: 'check the ifindex; return what the helper answered',
    where: 'xdp_do_redirect',
  },
  {
    stage: 'redirect',
    name: 'EINVAL',
    targets: ['xskmap'],
    meaning: 'the socket is bound to another port or queue than the frame came in on',
    try: 'index the map by rx_queue_index, bind a socket to each queue',
    where: 'xsk_rcv_check',
  },
  {
    stage: 'redirect',
    name: 'EBADRQC',
    meaning: 'XDP_REDIRECT without a redirect helper called, or a map type that this mode does not know',
    try: 'return the helper’s answer',
    where: 'xdp_do_redirect',
  },
  {
    stage: 'redirect',
    name: 'EOVERFLOW',
    meaning:
      'too little headroom or no tailroom for a frame descriptor, or a broadcast from a port with more than 8 upper devices',
    try: 'leave XDP_PACKET_HEADROOM; a driver without tailroom has a bug',
    where: 'xdp_convert_buff_to_frame',
  },
  {
    stage: 'redirect',
    name: 'ENOSPC',
    targets: ['cpumap'],
    meaning: 'the queue of the target CPU is full (generic mode)',
    try: 'a longer queue (qsize), less load, another CPU',
    where: 'cpu_map_generic_redirect',
  },
  {
    stage: 'redirect',
    name: 'ENOSPC',
    targets: ['xskmap'],
    meaning: 'the frame is larger than a chunk and the socket was bound without XDP_USE_SG',
    try: 'bind with XDP_USE_SG, or use larger chunks',
    where: 'xsk_rcv_check',
  },
  {
    stage: 'redirect',
    name: 'ENXIO',
    targets: ['xskmap'],
    meaning: 'the socket in the map is not bound',
    try: 'bind it before it is put into the map',
    where: 'xsk_rcv_check',
  },
  {
    stage: 'redirect',
    name: 'ENOMEM',
    targets: ['xskmap'],
    meaning: 'the fill ring is empty',
    try: 'give frames back faster, fill more of them',
    where: '__xsk_rcv',
  },
  {
    stage: 'redirect',
    name: 'ENOBUFS',
    targets: ['xskmap'],
    meaning: 'the receive ring of the socket is full',
    try: 'read faster, use a longer ring',
    where: '__xsk_rcv',
  },
  {
    stage: 'redirect',
    name: 'ENOENT',
    meaning: 'broadcast through a map that is being torn down',
    try: 'stop the traffic first',
    where: 'xdp_do_redirect',
  },
  {
    stage: 'redirect',
    name: 'ENOMEM',
    meaning: 'no memory for a copy of a broadcast frame',
    try: 'look for memory pressure',
    where: 'dev_map_enqueue_clone',
  },
  {
    stage: 'flush',
    name: 'queue full',
    targets: ['cpumap'],
    meaning: 'the queue of the target CPU is full; the redirect counts as successful (native mode)',
    try: 'a longer queue (qsize), less load, another CPU',
    where: 'bq_flush_to_queue',
  },
  {
    stage: 'flush',
    name: 'refused',
    targets: TO_PORTS,
    meaning:
      'the target port took only part of a bulk: its transmit ring was full; the redirect counts as successful',
    try: 'offer less, use a longer transmit ring, look at the receiver',
    where: 'ndo_xdp_xmit',
  },
  {
    stage: 'flush',
    name: 'ENXIO',
    targets: TO_PORTS,
    meaning: 'the target port has no transmit queue for this CPU, or no program attached',
    try: 'as many queues as CPUs; attach a program to the target',
    where: 'ndo_xdp_xmit',
  },
  {
    stage: 'flush',
    name: 'EINVAL',
    targets: TO_PORTS,
    meaning:
      'the target port has no transmit queue for this CPU, is down, or has no program attached (bnxt, gve, sfc)',
    try: 'as many queues as CPUs; bring the port up and attach a program to it',
    where: 'ndo_xdp_xmit',
  },
  {
    stage: 'flush',
    name: 'ENETDOWN',
    targets: TO_PORTS,
    meaning: 'the target port went down or lost its carrier',
    try: 'check the cable and the port',
    where: 'ndo_xdp_xmit',
  },
  {
    stage: 'cpu',
    name: 'no skb',
    meaning: 'no socket buffer could be had for the frame',
    try: 'look for memory pressure',
    where: 'cpu_map_kthread_run',
  },
  {
    stage: 'cpu',
    name: 'XDP_ABORTED',
    meaning: 'the program on the entry aborted',
    try: 'look into that program',
    where: 'cpu_map_bpf_prog_run_xdp',
  },
  {
    stage: 'cpu',
    name: 'XDP_DROP',
    meaning: 'the program on the entry dropped the frame',
    try: 'look into that program',
    where: 'cpu_map_bpf_prog_run_xdp',
  },
  {
    stage: 'cpu',
    name: 'XDP_PASS',
    meaning: 'the program on the entry passed the frame to the stack of that CPU',
    try: 'look into that program',
    where: 'cpu_map_bpf_prog_run_xdp',
  },
  {
    stage: 'cpu',
    name: 'XDP_TX',
    meaning: 'the program on the entry answered XDP_TX, which it may not: the frame is dropped',
    try: 'look into that program',
    where: 'cpu_map_bpf_prog_run_xdp',
  },
  {
    stage: 'stack',
    name: 'Ip.InHdrErrors',
    meaning: 'the stack found no valid IPv4 header where it should be, or the TTL had run out',
    try: 'look at the frame as the stack gets it (tcpdump on the ingress port); on Linux 6.18 every generic frame in several buffers ends so behind a cpumap',
    where: 'ip_rcv_core',
  },
  {
    stage: 'stack',
    name: 'Ip.InDiscards',
    meaning: 'the stack had no room for the frame',
    try: 'look for memory pressure',
    where: 'ip_rcv_core',
  },
  {
    stage: 'stack',
    name: 'Ip.InAddrErrors',
    meaning: 'the stack has no use for this destination address',
    try: 'turn forwarding on, give the port an address, look at rp_filter',
    where: 'ip_route_input_slow',
  },
  {
    stage: 'stack',
    name: 'IpExt.InNoRoutes',
    meaning: 'the stack has no route to the destination',
    try: 'add a route',
    where: 'ip_error',
  },
  {
    stage: 'stack',
    name: 'Ip.InUnknownProtos',
    meaning: 'the frame was for the DUT itself, which has nobody for its protocol',
    try: 'compare the destination address with the DUT’s own',
    where: 'ip_protocol_deliver_rcu',
  },
  {
    stage: 'stack',
    name: 'Ip.OutDiscards',
    meaning: 'the stack could not send the frame on: no room, or a filter',
    try: 'look for memory pressure and at nftables',
    where: 'ip_output',
  },
  {
    stage: 'stack',
    name: 'Ip.OutNoRoutes',
    meaning: 'the stack has no route for what it sends',
    try: 'add a route',
    where: 'ip_route_output',
  },
  {
    stage: 'stack',
    name: 'Ip.FragFails',
    meaning: 'the frame is longer than the MTU of the port it is routed to, and may not be split',
    try: 'raise that MTU',
    where: 'ip_forward',
  },
  {
    stage: 'stack',
    name: 'IpExt.InTruncatedPkts',
    meaning: 'the frame is shorter than its IPv4 header says',
    try: 'look at the frame as the stack gets it (tcpdump on the ingress port)',
    where: 'ip_rcv_core',
  },
  {
    stage: 'egress',
    name: 'XDP_DROP',
    meaning: 'the program on the devmap’s entry dropped the frame',
    try: 'look into that program',
    where: 'dev_map_bpf_prog_run',
  },
  {
    stage: 'egress',
    name: 'XDP_ABORTED',
    meaning: 'the program on the devmap’s entry aborted',
    try: 'look into that program',
    where: 'dev_map_bpf_prog_run',
  },
  {
    stage: 'egress',
    name: 'XDP_TX',
    meaning: 'the program on the devmap’s entry answered XDP_TX, which it may not: the frame is dropped',
    try: 'look into that program',
    where: 'dev_map_bpf_prog_run',
  },
  {
    stage: 'egress',
    name: 'XDP_REDIRECT',
    meaning:
      'the program on the devmap’s entry answered XDP_REDIRECT, which it may not: the frame is dropped',
    try: 'look into that program',
    where: 'dev_map_bpf_prog_run',
  },
  {
    stage: 'wire',
    name: 'transmit dropped',
    meaning: 'the target port dropped the frame after the redirect had succeeded',
    try: 'look at its transmit queue and its peer',
    where: 'generic_xdp_tx, driver',
  },
  {
    stage: 'wire',
    name: 'socket closed',
    targets: ['xskmap'],
    meaning: 'the frame lay in the ring of a socket that was closed before it was read',
    try: 'take the socket out of the map first, then read its ring, then close it',
    where: 'xsk_release',
  },
  {
    stage: 'wire',
    name: 'wrong port',
    meaning: 'the frame arrived at another port than the one it was redirected to',
    try: 'compare the map’s entries with the cabling',
    where: 'the map’s entry',
  },
]

/** The row for a loss; undefined for one that no row describes yet. */
export function reasonFor(stage: Stage, name: string, target: Target): Reason | undefined {
  const rows = REASONS.filter((row) => row.stage === stage && row.name === name)
  return rows.find((row) => row.targets?.includes(target)) ?? rows.find((row) => row.targets === undefined)
}
