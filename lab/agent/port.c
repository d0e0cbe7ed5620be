// SPDX-License-Identifier: Apache-2.0
/* Ports: what they are, and every counter they keep. */
#include <dirent.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

unsigned int port_index(const char *name, struct failure *failure)
{
	unsigned int index = if_nametoindex(name);

	if (!index)
		fail(failure, "port", errno, "this machine has no interface '%s'", name);
	return index;
}

static int ethtool(int fd, const char *name, void *command)
{
	struct ifreq request = {0};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	request.ifr_data = command;
	return ioctl(fd, SIOCETHTOOL, &request);
}

static int port_request(int fd, const char *name, unsigned long number, struct ifreq *request)
{
	memset(request, 0, sizeof(*request));
	snprintf(request->ifr_name, sizeof(request->ifr_name), "%s", name);
	return ioctl(fd, number, request);
}

/* First line of /sys/class/net/NAME/FILE as a number; -1 where the port has none to say. */
static long sysfs_number(const char *name, const char *file)
{
	char path[256], text[32];
	long number = -1;
	FILE *stream;

	snprintf(path, sizeof(path), "/sys/class/net/%s/%s", name, file);
	stream = fopen(path, "re");
	if (!stream)
		return -1;
	if (fgets(text, sizeof(text), stream))
		number = strtol(text, NULL, 10);
	fclose(stream);
	return number;
}

static int count_queues(const char *name, const char *prefix)
{
	char path[256];
	struct dirent *entry;
	int count = 0;
	DIR *directory;

	snprintf(path, sizeof(path), "/sys/class/net/%s/queues", name);
	directory = opendir(path);
	if (!directory)
		return 0;
	while ((entry = readdir(directory)))
		count += !strncmp(entry->d_name, prefix, strlen(prefix));
	closedir(directory);
	return count;
}

static int name_at(const char *pci, char *name, size_t size, struct failure *failure)
{
	char path[256];
	struct dirent *entry;
	DIR *directory;

	name[0] = 0;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/net", pci);
	directory = opendir(path);
	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			snprintf(name, size, "%.15s", entry->d_name);
	if (directory)
		closedir(directory);
	if (!name[0]) {
		fail(failure, "port", ENODEV, "this machine has no network interface at PCI address %s", pci);
		return -1;
	}
	return 0;
}

json_t *op_port(struct call *call)
{
	const char *asked = NULL, *pci = NULL;
	struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq request;
	char name[IFNAMSIZ], mac[18];
	unsigned char *address;
	json_t *result;
	int fd, mtu, flags;

	if (arguments(call, "{s?s, s?s}", "interface", &asked, "pci", &pci))
		return NULL;
	if (!asked == !pci)
		return fail(call->failure, "arguments", EINVAL, "give either interface or pci");
	if (asked)
		snprintf(name, sizeof(name), "%s", asked);
	else if (name_at(pci, name, sizeof(name), call->failure))
		return NULL;
	if (!port_index(name, call->failure))
		return NULL;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(call->failure, "socket", errno, "%s", strerror(errno));
	if (port_request(fd, name, SIOCGIFMTU, &request)) {
		fail(call->failure, "SIOCGIFMTU", errno, "%s: %s", name, strerror(errno));
		close(fd);
		return NULL;
	}
	mtu = request.ifr_mtu;
	flags = port_request(fd, name, SIOCGIFFLAGS, &request) ? 0 : request.ifr_flags;
	if (port_request(fd, name, SIOCGIFHWADDR, &request)) {
		fail(call->failure, "SIOCGIFHWADDR", errno, "%s: %s", name, strerror(errno));
		close(fd);
		return NULL;
	}
	address = (unsigned char *)request.ifr_hwaddr.sa_data;
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", address[0], address[1], address[2], address[3],
		 address[4], address[5]);
	if (ethtool(fd, name, &driver))
		memset(&driver, 0, sizeof(driver));
	close(fd);
	result = json_pack("{s:s, s:I, s:s, s:i, s:b, s:b, s:s, s:s, s:s, s:i, s:i, s:I}", "interface", name,
			   "ifindex", (json_int_t)if_nametoindex(name), "mac", mac, "mtu", mtu, "up", (flags & IFF_UP) != 0,
			   "carrier", (flags & IFF_RUNNING) != 0, "driver", driver.driver, "firmware",
			   driver.fw_version, "bus", driver.bus_info, "rxQueues", count_queues(name, "rx-"), "txQueues",
			   count_queues(name, "tx-"), "speedMbps", (json_int_t)sysfs_number(name, "speed"));
	return result ? result : fail(call->failure, "port", EILSEQ, "what the driver says of %s is not UTF-8",
				      name);
}

static void put(json_t *counters, const char *name, unsigned long long value)
{
	/* Two rings of one driver may share a name: the sum is what is wanted. */
	json_t *before = json_object_get(counters, name);

	if (before)
		value += strtoull(json_string_value(before), NULL, 10);
	json_object_set_new(counters, name, json_sprintf("%llu", value));
}

static void read_statistics(const char *name, json_t *counters)
{
	char path[512], text[32], key[300];
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics", name);
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		FILE *stream;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", name, entry->d_name);
		stream = fopen(path, "re");
		if (!stream)
			continue;
		snprintf(key, sizeof(key), "link.%s", entry->d_name);
		if (fgets(text, sizeof(text), stream))
			put(counters, key, strtoull(text, NULL, 10));
		fclose(stream);
	}
	if (directory)
		closedir(directory);
}

/* What `ethtool -S` shows. A driver without such counters is no error. */
static int read_ethtool(int fd, const char *name, json_t *counters)
{
	struct {
		struct ethtool_sset_info info;
		__u32 count;
	} set = {.info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_STATS}};
	struct ethtool_gstrings *names;
	struct ethtool_stats *values;
	int result = -1;

	if (ethtool(fd, name, &set) || !set.info.sset_mask || !set.count)
		return 0;
	names = calloc(1, sizeof(*names) + (size_t)set.count * ETH_GSTRING_LEN);
	values = calloc(1, sizeof(*values) + set.count * sizeof(__u64));
	if (names && values) {
		names->cmd = ETHTOOL_GSTRINGS;
		names->string_set = ETH_SS_STATS;
		names->len = set.count;
		values->cmd = ETHTOOL_GSTATS;
		values->n_stats = set.count;
		if (!ethtool(fd, name, names) && !ethtool(fd, name, values))
			result = 0;
		for (__u32 i = 0; !result && i < values->n_stats && i < set.count; i++) {
			char text[ETH_GSTRING_LEN + 1] = "";

			memcpy(text, names->data + (size_t)i * ETH_GSTRING_LEN, ETH_GSTRING_LEN);
			put(counters, text, values->data[i]);
		}
	}
	free(names);
	free(values);
	return result;
}

json_t *op_counters(struct call *call)
{
	json_t *ports, *port, *result;
	size_t i;
	int fd;

	if (arguments(call, "{s:o}", "ports", &ports) || words(call, "ports", ports))
		return NULL;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(call->failure, "socket", errno, "%s", strerror(errno));
	result = json_object();
	json_array_foreach (ports, i, port) {
		const char *name = json_string_value(port);
		json_t *counters = json_object();

		if (!port_index(name, call->failure) || read_ethtool(fd, name, counters)) {
			if (!call->failure->message[0])
				fail(call->failure, "ETHTOOL_GSTATS", errno, "%s: %s", name, strerror(errno));
			json_decref(counters);
			json_decref(result);
			close(fd);
			return NULL;
		}
		read_statistics(name, counters);
		json_object_set_new(result, name, counters);
	}
	close(fd);
	return json_pack("{s:o}", "ports", result);
}
