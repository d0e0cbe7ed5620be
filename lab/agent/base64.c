// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "agent.h"

static int digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* RFC 4648 section 4, padded, no line breaks. 0, or -1 when the text is not that or memory is out. */
int base64_decode(const char *text, unsigned char **bytes, size_t *size)
{
	size_t length = strlen(text), at = 0;
	unsigned char *out;

	if (length % 4 || !(out = malloc(length / 4 * 3 + 1)))
		return -1;
	for (size_t i = 0; i < length; i += 4) {
		int last = i + 4 == length;
		int pad = last ? (text[i + 3] == '=') + (text[i + 2] == '=' && text[i + 3] == '=') : 0;
		unsigned int word = 0;

		for (int k = 0; k < 4; k++) {
			int value = k >= 4 - pad ? 0 : digit(text[i + k]);

			if (value < 0) {
				free(out);
				return -1;
			}
			word = word << 6 | value;
		}
		for (int k = 0; k < 3 - pad; k++)
			out[at++] = word >> (16 - 8 * k);
	}
	*bytes = out;
	*size = at;
	return 0;
}
