// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>

#include "checks.h"

static int ran, failed;

void tap(int passed, const char *expression, const char *file, int line, const char *title, ...)
{
	va_list list;

	printf("%sok %d - ", passed ? "" : "not ", ++ran);
	va_start(list, title);
	vprintf(title, list);
	va_end(list);
	printf("\n");
	if (!passed) {
		failed++;
		printf("# %s:%d: %s\n", file, line, expression);
	}
	fflush(stdout);
}

int tap_end(void)
{
	printf("1..%d\n", ran);
	return failed != 0;
}
