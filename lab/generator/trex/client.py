"""
Speaks with a TRex server for the lab, by TRex's own client library: one JSON line each way.

    client.py LIBRARY USER TIMEOUT RPC EVENTS      the last two are addresses of ZeroMQ: ipc:///run/x, tcp://127.0.0.1:4501

    {"id": 7, "op": "start", "args": {...}}
    {"id": 7, "ok": true, "result": {...}}
    {"id": 7, "ok": false, "error": {"kind": "TRexError", "message": "..."}}

The first line it writes has the id 0: its Python's version, or why it cannot run. It ends with its input. Counters
are given as the server has them, never relative to a clear: some of them survive one.
"""
import base64
import json
import os
import queue
import signal
import sys
import threading

# Importing scapy 2.4.3, which the library carries, needs modules that are gone in 3.13 (cgi); before 3.6 importlib.util.
OLDEST, TOO_NEW = (3, 6), (3, 13)


class Speaker(object):
    """The lab's end of the conversation. What the library prints must not get into it."""

    def __init__(self):
        self.out = os.fdopen(os.dup(1), 'w')
        os.dup2(2, 1)

    def answer(self, number, result):
        self.write({'id': number, 'ok': True, 'result': result})

    def refuse(self, number, error):
        message = str(error) or error.__class__.__name__
        self.write({'id': number, 'ok': False, 'error': {'kind': error.__class__.__name__, 'message': message}})

    def write(self, line):
        self.out.write(json.dumps(line) + '\n')
        self.out.flush()


class UnfitPython(Exception):
    pass


class UnfitProfile(Exception):
    pass


class ConnectionLost(Exception):
    pass


class Client(object):
    """One user's connection to one server."""

    def __init__(self, library, user, timeout, rpc, events):
        sys.path.insert(0, library)
        from trex.stl import api as stl
        import zmq
        self.stl = stl
        self.nudged = {}
        # The library makes its addresses of a host and a port; the lab's tunnel has the name of a file.
        routes = {b'tcp://lab:1': rpc.encode(), b'tcp://lab:2': events.encode()}
        connect = zmq.Socket.connect

        def routed(socket, address):
            address = address if isinstance(address, bytes) else address.encode()
            return connect(socket, routes.get(address, address))

        zmq.Socket.connect = routed
        self.client = stl.STLClient(username=user, server='lab', sync_port=1, async_port=2,
                                    verbose_level='none', sync_timeout=timeout, async_timeout=timeout)

    def ask(self, method, **params):
        """One call of the server, past all that the library remembers."""
        answer = self.client.conn.rpc.transmit(method, params)
        if not answer:
            raise self.stl.TRexError(answer)
        return answer.data()

    def connect(self):
        self.client.connect()
        version = self.ask('get_version')
        system = self.ask('get_system_info')
        ports = []
        for port in system['ports']:
            status = self.ask('get_port_status', port_id=port['index'])
            ports.append({
                'index': port['index'],
                'driver': port['driver'],
                'mac': port['hw_mac'],
                'address': port.get('pci_addr') or '',
                'gbps': status['attr'].get('speed', 0),
                'up': status['attr']['link']['up'],
                'owner': status['owner'],
                'flows': port['rx']['counters'],
            })
        return {'version': version['version'], 'mode': version['mode'], 'ports': ports}

    def acquire(self, ports, force, promiscuous):
        """Frames come with the address of another port: a NIC has to be promiscuous to let them in."""
        self.client.acquire(ports=ports, force=force)
        self.client.reset(ports=ports)
        if promiscuous:
            self.client.set_port_attr(ports=promiscuous, promiscuous=True)
        return {}

    def load(self, port, streams):
        """Streams take the place of those that were there."""
        self.client.remove_all_streams(ports=[port])
        self.client.add_streams([self.stream(one) for one in streams], ports=[port])
        return {}

    def profile(self, path, port, load):
        """What a file of the user describes; with `load`, its streams take the place of those that were there."""
        try:
            profile = self.stl.STLProfile.load(path, direction=0, port_id=port)
        except SystemExit as error:
            raise UnfitProfile('the profile ends the program that reads it: exit code %s' % error.code)
        streams = profile.get_streams() if profile is not None else []
        streams = streams if isinstance(streams, list) else [streams]
        if not streams:
            raise UnfitProfile('the profile has no streams for this direction')
        if load:
            self.client.remove_all_streams(ports=[port])
            self.client.add_streams(streams, ports=[port])
        sizes = [stream.get_pkt_len() for stream in streams]
        groups = set(stream.get_pg_id() for stream in streams if stream.has_flow_stats())
        return {'streams': len(streams), 'shortest': min(sizes), 'longest': max(sizes), 'groups': sorted(groups)}

    def stream(self, one):
        stl = self.stl
        steps = []
        for number, variable in enumerate(one['variables']):
            name = 'v%d' % number
            first, step, last = (int(variable[what]) for what in ('first', 'step', 'last'))
            steps.append(stl.STLVmFlowVar(name=name, size=variable['bytes'], op='inc', step=step, init_value=first,
                                          min_value=first, max_value=last))
            steps.append(stl.STLVmWrFlowVar(fv_name=name, pkt_offset=variable['at'], is_big=False))
        packet = stl.STLPktBuilder(pkt_buffer=base64.b64decode(one['packet']), remove_fcs=False,
                                   vm=stl.STLScVmRaw(steps) if steps else None)
        stats = {'flow': stl.STLFlowStats, 'latency': stl.STLFlowLatencyStats}[one['counted']]
        mode = one['mode']
        if mode['kind'] == 'burst':
            how = stl.STLTXSingleBurst(total_pkts=mode['frames'], pps=mode['rate'])
        else:
            how = stl.STLTXMultiBurst(pkts_per_burst=mode['burst'], count=mode['bursts'], ibg=mode['gapUs'],
                                      pps=mode['rate'])
        turn = one.get('turn')
        order = {} if turn is None else {
            'name': 'turn %d' % turn['number'],
            'self_start': turn['number'] == 0,
            'next': None if turn['last'] else 'turn %d' % (turn['number'] + 1),
        }
        return stl.STLStream(packet=packet, mode=how, flow_stats=stats(pg_id=one['group']), isg=one['delayUs'], **order)

    def start(self, ports, seconds, multiplier):
        self.client.start(ports=ports, mult=multiplier, duration=seconds)
        return {}

    def status(self, ports):
        return {'ports': [self.state(port) for port in ports]}

    def state(self, port):
        status = self.ask('get_port_status', port_id=port)
        return {
            'index': port,
            'sending': status['state'] in ('TX', 'PAUSE'),
            'owner': status['owner'],
            'up': status['attr']['link']['up'],
        }

    def counts(self, ports, groups):
        """What the ports have counted, and of each group of frames what was sent and received at which port."""
        counted = self.ask('get_pgid_stats', pgids=groups) if groups else {}
        return {'ports': [self.port_counts(port) for port in ports],
                'groups': self.flows(counted, groups), 'latency': self.latencies(counted, groups)}

    def port_counts(self, port):
        stats = self.ask('get_port_stats', port_id=port)
        names = ('ipackets', 'opackets', 'ibytes', 'obytes', 'ierrors', 'oerrors')
        return dict([('index', port)] + [(name, stats[name]) for name in names])

    @staticmethod
    def flows(counted, groups):
        # Keys are numbers as text, and 'g' for all of them.
        flows = counted.get('flow_stats') or {}
        return [{'group': group, 'sent': total(flow.get('tp')), 'sentBytes': total(flow.get('tb')),
                 'received': flow.get('rp') or {}, 'receivedBytes': flow.get('rb') or {}}
                for group, flow in ((group, flows.get(str(group), {})) for group in groups)]

    @staticmethod
    def latencies(counted, groups):
        # Counters that are still 0 are left out.
        latencies = counted.get('latency') or {}
        found = [(group, latencies.get(str(group))) for group in groups]
        return [dict({'group': group}, **latency_of(one.get('lat', {}), one.get('er', {}))) for group, one in found if one]

    def load_of(self):
        """How busy TRex itself is, in percent, and frames it found no room for in its queues."""
        stats = self.ask('get_global_stats')
        return {'cpu': stats['m_cpu_util'], 'queueFull': stats['m_total_queue_full']}

    def nudge(self, port, packet):
        """Sends one frame beside the load, which makes the kernel look at the port's ring again."""
        beside = '%d.nudge' % port
        if not self.nudged.get(port):
            once = self.stl.STLTXSingleBurst(total_pkts=1, pps=1000)
            frame = self.stl.STLPktBuilder(pkt_buffer=base64.b64decode(packet), remove_fcs=False)
            self.client.add_streams([self.stl.STLStream(packet=frame, mode=once)], ports=[beside])
            self.nudged[port] = True
        # The last nudge may not have ended for the library yet.
        idle = beside not in [str(active) for active in self.client.get_profiles_with_state('active')]
        if idle:
            self.client.start(ports=[beside], duration=1)
        return {'sent': idle}

    def stop(self, ports):
        """Ends traffic and the counting of flows."""
        self.client.stop(ports=ports, rx_delay_ms=0)
        return {}

    def ping(self):
        self.ask('ping')
        return {}

    def close(self):
        self.client.disconnect()
        return {}


def latency_of(times, errors):
    return {'histogramUs': [[int(floor), frames] for floor, frames in times.get('histogram', {}).items()],
            'largestUs': times.get('total_max', 0), 'dropped': errors.get('drp', 0),
            'outOfOrder': errors.get('ooo', 0), 'duplicates': errors.get('dup', 0)}


def total(by_port):
    return sum((by_port or {}).values())


OPERATIONS = ('connect', 'acquire', 'load', 'profile', 'start', 'status', 'counts', 'load_of', 'nudge', 'stop', 'ping',
              'close')


def listen(requests, sockets):
    for line in sys.stdin:
        requests.put(line)
    # Nobody is there any more, whatever the main thread is waiting for; nor to tidy up, if the lab was killed.
    for path in sockets:
        try:
            os.unlink(path)
            os.rmdir(os.path.dirname(path))
        except OSError:
            pass
    os._exit(0)


def serve(client, speaker, sockets):
    requests = queue.Queue()
    thread = threading.Thread(target=listen, args=(requests, sockets))
    thread.daemon = True
    thread.start()
    while True:
        # The library interrupts its own process when it notices that the server is gone.
        try:
            line = requests.get()
        except KeyboardInterrupt:
            continue
        request = json.loads(line)
        try:
            if request['op'] not in OPERATIONS:
                raise ValueError('no operation %s' % request['op'])
            result = getattr(client, request['op'])(**request['args'])
        except KeyboardInterrupt:
            speaker.refuse(request['id'], ConnectionLost('the connection to the server was lost'))
        except Exception as error:
            speaker.refuse(request['id'], error)
        else:
            speaker.answer(request['id'], result)


def main():
    speaker = Speaker()
    version = '%d.%d.%d' % sys.version_info[:3]
    try:
        if not OLDEST <= sys.version_info[:2] < TOO_NEW:
            raise UnfitPython('Python %s' % version)
        library, user, timeout, rpc, events = sys.argv[1:6]
        client = Client(library, user, float(timeout), rpc, events)
    except Exception as error:
        speaker.refuse(0, error)
        return 3
    # The default would end this process in the middle of an answer.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    speaker.answer(0, {'python': version})
    serve(client, speaker, [at[len('ipc://'):] for at in (rpc, events) if at.startswith('ipc://')])


if __name__ == '__main__':
    sys.exit(main())
