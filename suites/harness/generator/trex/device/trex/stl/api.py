"""
A TRex that behaves, without a server: two ports with an ideal DUT between them, as TRex 3.08 was seen to act on veth.
It keeps time and counts by the clock. FAKE_TREX, as JSON, says what is wrong with it:

    owner       name of who holds the ports already
    stretch     the load takes so many times its time
    ringLoss    frames that the receiving port loses (ierrors)
    lost        frames that the DUT loses, of each stream that starts at once
    recovers    seconds that it goes on losing all for, when the first of streams that follow one another has ended
    cut         bytes that the DUT cuts off each frame, for the ports' counters
    downAfter   seconds into the load after which the receiving port's link is down
    linkAfter   seconds after its start from which its ports have a link
    noLink      index of a port that never has one once the lab holds it
    endless     true: the load goes on, whatever duration it was given, until it is stopped
    mtu         bytes of a port's MTU: longer frames count as sent, and nothing arrives
    thief       who takes the ports half a second into the load
    hangAfter   seconds into the load after which the server no longer answers
    restarted   true: half a second into the load it is another server
    mode        STL, or what it runs as instead
"""
import json
import os
import runpy
import time

FAULTS = json.loads(os.environ.get('FAKE_TREX', '{}'))
SPEED_GBPS = 10


class TRexError(Exception):
    pass


class TRexTimeoutError(TRexError):
    pass


class RC(object):
    def __init__(self, data=None, error=None):
        self._data, self._error = data, error

    def __bool__(self):
        return self._error is None

    def data(self):
        return self._data

    def __str__(self):
        return self._error


class STLVmFlowVar(object):
    def __init__(self, name, size, op, step, init_value, min_value, max_value):
        assert size in (4, 8) and min_value <= init_value <= max_value and step > 0


class STLVmWrFlowVar(object):
    def __init__(self, fv_name, pkt_offset, is_big):
        pass


class STLScVmRaw(object):
    def __init__(self, steps):
        pass


class STLPktBuilder(object):
    def __init__(self, pkt_buffer, remove_fcs, vm=None):
        self.length = len(pkt_buffer)


class STLFlowStats(object):
    latency = False

    def __init__(self, pg_id):
        self.group = pg_id


class STLFlowLatencyStats(STLFlowStats):
    latency = True


class STLTXSingleBurst(object):
    def __init__(self, total_pkts, pps):
        self.frames, self.rate = total_pkts, pps


class STLTXCont(object):
    frames = float('inf')

    def __init__(self, pps):
        self.rate = pps


class STLStream(object):
    def __init__(self, packet, mode, flow_stats=None, isg=0, name=None, self_start=True, next=None):
        self.packet, self.mode, self.stats = packet, mode, flow_stats
        self.name, self.self_start, self.next = name, self_start, next

    def get_pkt_len(self):
        return self.packet.length + 4

    def has_flow_stats(self):
        return self.stats is not None

    def get_pg_id(self):
        return self.stats.group


class STLProfile(object):
    def __init__(self, streams):
        self.streams = streams

    def get_streams(self):
        return self.streams

    @staticmethod
    def load(path, direction, port_id):
        """Of what a profile may be, Python; what goes wrong in there is told as a traceback."""
        try:
            profile = runpy.run_path(path)['register']()
            return STLProfile(profile.get_streams(direction=direction, tunables=[], port_id=port_id))
        except Exception as error:
            raise TRexError('\nPython Traceback follows:\n\n  File "%s", line 1\n%s: %s\n'
                            % (path, error.__class__.__name__, error))


class Connection(object):
    def __init__(self, device):
        self.rpc = device


class STLClient(object):
    def __init__(self, username, **_):
        self.user = username
        self.owner = FAULTS.get('owner', '')
        self.streams, self.starts = [], {}
        self.began, self.seconds, self.times = None, 0, 1
        # Counters that survive whatever is meant to clear them, as a run before has left them.
        self.before = {'ierrors': 7, 'latency': {'2': 3}}
        self.conn = Connection(self)
        self.born, self.stopped, self.fell = time.time(), None, False

    # -- what the library offers

    def connect(self):
        if FAULTS.get('mode', 'STL') != 'STL':
            raise TRexError("RPC configuration mismatch - server RPC configuration: '%s', client RPC configuration: "
                            "'STL'" % FAULTS['mode'])

    def acquire(self, ports, force):
        if self.owner and not force:
            raise TRexError("Port 0 : *** port is already taken by '%s'\nPort 1 : *** port is already taken by '%s'"
                            % (self.owner, self.owner))
        self.owner = self.user

    def reset(self, ports):
        self.streams, self.began = [], None

    def set_port_attr(self, ports, promiscuous):
        pass

    def remove_all_streams(self, ports):
        self.streams = []

    def add_streams(self, streams, ports):
        for stream in streams:
            if stream.packet.length + 4 > 9238:
                raise TRexError('Port 0 : *** Bad packet size provided: %d. Should be between 14 and 9238'
                                % (stream.packet.length + 4))
        # Groups that are new count from 0.
        self.streams, self.began = streams, None
        # Seconds after the start of all, of those that another one names as the next.
        self.starts = {}
        for stream in [one for one in streams if one.self_start]:
            begins = 0
            while stream.next is not None:
                begins += stream.mode.frames / stream.mode.rate
                [stream] = [one for one in streams if one.name == stream.next]
                self.starts[stream] = begins

    def start(self, ports, mult, duration):
        if duration <= 0:
            raise AssertionError('for ever')
        self.began, self.stopped = time.time(), None
        # Of all streams together; as they say themselves when it is 1.
        own = sum(stream.mode.rate for stream in self.streams)
        self.times = float(mult[:-3]) / own if mult.endswith('pps') else float(mult)
        self.seconds = 1e9 if FAULTS.get('endless') else duration

    def stop(self, ports, rx_delay_ms):
        self.stopped = time.time()

    def disconnect(self):
        pass

    # -- the server

    def transmit(self, method, params):
        since = 0 if self.began is None else time.time() - self.began
        into = since if self.began is None or self.stopped is None else self.stopped - self.began
        if since > FAULTS.get('hangAfter', 1e9):
            # Three seconds, four times.
            time.sleep(12)
            return RC(error='*** [RPC] - Failed to get server response from tcp://127.0.0.1:4501')
        if FAULTS.get('restarted') and since > 0.5:
            return RC(error="API verification failed - API handler provided mismatch for class: 'common'")
        return RC(data=getattr(self, method)(into, **params))

    def ping(self, into):
        return {'ts': 1.5}

    def get_version(self, into):
        return {'version': 'v3.08', 'mode': 'STL'}

    def get_system_info(self, into):
        return {'ports': [{'index': port, 'driver': 'net_fake', 'hw_mac': '02:00:00:00:00:0%d' % (port + 1),
                           'pci_addr': '0000:17:00.%d' % port, 'rx': {'counters': 1023}} for port in (0, 1)]}

    def get_port_status(self, into, port_id):
        owner = self.owner
        if self.began is not None and 'thief' in FAULTS and into > 0.5:
            owner = FAULTS['thief']
        if time.time() - self.born < FAULTS.get('linkAfter', 0) or FAULTS.get('noLink') == port_id:
            return {'owner': owner, 'state': 'STREAMS', 'attr': {'speed': SPEED_GBPS, 'link': {'up': False}}}
        if self.began is not None and into > FAULTS.get('downAfter', 1e9):
            self.fell = True
        up = not (port_id == 1 and self.fell)
        sending = port_id == 0 and self.began is not None and self.stopped is None and into < min(self.takes(), self.seconds)
        return {'owner': owner, 'state': 'TX' if sending else 'STREAMS',
                'attr': {'speed': SPEED_GBPS, 'link': {'up': up}}}

    def get_port_stats(self, into, port_id):
        sent = sum(self.sent(stream, into) for stream in self.streams)
        size = sum(self.sent(stream, into) * stream.get_pkt_len() for stream in self.streams)
        zero = dict((name, 0) for name in ('ipackets', 'opackets', 'ibytes', 'obytes', 'ierrors', 'oerrors'))
        if port_id == 0:
            return dict(zero, opackets=sent, obytes=size)
        lost = FAULTS.get('ringLoss', 0) if sent else 0
        gone = min(sent, lost + FAULTS.get('lost', 0))
        cut = FAULTS.get('cut', 0) * (sent - gone)
        return dict(zero, ipackets=sent - gone, ibytes=max(0, size - cut - gone * 64), ierrors=self.before['ierrors'] + lost)

    def get_pgid_stats(self, into, pgids):
        flows, latency = {}, {}
        for stream in [one for one in self.streams if one.stats]:
            group, size = str(stream.stats.group), stream.packet.length + 4
            sent = self.sent(stream, into)
            if size > FAULTS.get('mtu', 9216) + 18:
                gone = sent
            else:
                gone = min(sent, self.lost(stream) + FAULTS.get('ringLoss', 0))
            flows[group] = {'tp': {'0': sent, '1': 0}, 'tb': {'0': sent * size, '1': 0},
                            'rp': {'0': 0, '1': sent - gone}, 'rb': {'0': 0, '1': (sent - gone) * size}}
            if stream.stats.latency:
                # The histogram of a run before is still there; counters that are 0 are left out.
                told = {'lat': {'histogram': {'100': self.before['latency'].get(group, 0) + sent - gone}}}
                if sent:
                    told['lat']['total_max'] = 140
                latency[group] = told
        return {'flow_stats': flows, 'latency': latency, 'ver_id': {}}

    def get_global_stats(self, into):
        return {'m_cpu_util': 96.4, 'm_total_queue_full': 0}

    def lost(self, stream):
        if stream.self_start:
            return FAULTS.get('lost', 0)
        recovered = min(self.starts.values()) + FAULTS.get('recovers', 0)
        return int(stream.mode.rate * max(0, recovered - self.starts[stream]) + 1e-6)

    def takes(self):
        ends = [self.starts.get(stream, 0) + stream.mode.frames / stream.mode.rate for stream in self.streams]
        return max(ends or [0]) * FAULTS.get('stretch', 1)

    def sent(self, stream, into):
        if self.began is None:
            return 0
        rate = stream.mode.rate * self.times / FAULTS.get('stretch', 1)
        since = min(into, self.seconds) - self.starts.get(stream, 0) * FAULTS.get('stretch', 1)
        return min(stream.mode.frames, int(rate * max(0, since) + 1e-6))
