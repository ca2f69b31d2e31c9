/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel/fmath.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernel/api.h"

/* Sums kept in longer registers would be others': results are equal on all machines only without them. */
_Static_assert(
	FLT_EVAL_METHOD == 0, "compile with -msse2 -mfpmath=sse, or what makes doubles of doubles here");

static const double ln2_hi = 6.93147180369123816490e-01; /* ln 2 split so that k * ln2_hi is exact */
static const double ln2_lo = 1.90821492927058770002e-10;

NAP_HOT double nap_log(double x)
{
	uint64_t bits;
	double s, s2, sum;
	int k;

	memcpy(&bits, &x, sizeof bits);
	k = (int)((bits >> 52) & 0x7ff) - 1023;
	bits = (bits & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000);
	memcpy(&x, &bits, sizeof x);
	if (x > 1.4142135623730951) { /* keep the mantissa in [sqrt(1/2), sqrt(2)) */
		x *= 0.5;
		k++;
	}
	/* ln x = 2 artanh((x-1)/(x+1)), |s| <= 0.1716: eleven odd terms reach 1e-17 */
	s = (x - 1.0) / (x + 1.0);
	s2 = s * s;
	sum = 1.0 / 21;
#pragma GCC unroll 10 /* with the divisions done by the compiler */
	for (int n = 19; n >= 1; n -= 2)
		sum = sum * s2 + 1.0 / n;
	return k * ln2_hi + (2.0 * s * sum + k * ln2_lo);
}

double nap_exp(double x)
{
	double k = floor(x * 1.4426950408889634074 + 0.5), r = (x - k * ln2_hi) - k * ln2_lo, sum = 1.0;
	uint64_t bits;
	double scale;

	if (!(fabs(x) <= 708.0)) /* extreme shape parameters ask for more than a double holds */
		return x > 0.0 ? (double)INFINITY : 0.0;
	for (int n = 14; n >= 1; n--) /* |r| <= 0.3466: fourteen terms reach 1e-18 */
		sum = 1.0 + sum * r / n;
	bits = (uint64_t)((int64_t)k + 1023) << 52;
	memcpy(&scale, &bits, sizeof scale);
	return sum * scale;
}

double nap_pow(double x, double y)
{
	return nap_exp(y * nap_log(x));
}

static double horner(const double *c, int n, double x)
{
	double v = c[0];

	for (int i = 1; i < n; i++)
		v = v * x + c[i];
	return v;
}

double nap_normal_quantile(double p)
{
	static const double a[] = { -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
		1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00 };
	static const double b[] = { -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
		6.680131188771972e+01, -1.328068155288572e+01, 1.0 };
	static const double c[] = { -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
		-2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00 };
	static const double d[] = { 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
		3.754408661907416e+00, 1.0 };
	const double low = 0.02425;

	if (p < low) {
		double q = sqrt(-2.0 * nap_log(p));
		return horner(c, 6, q) / horner(d, 5, q);
	}
	if (p > 1.0 - low) {
		double q = sqrt(-2.0 * nap_log(1.0 - p));
		return -horner(c, 6, q) / horner(d, 5, q);
	}
	double q = p - 0.5, r = q * q;
	return horner(a, 6, r) * q / horner(b, 6, r);
}
