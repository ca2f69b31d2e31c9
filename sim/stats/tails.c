/* SPDX-License-Identifier: BSD-2-Clause */
#include "stats/tails.h"

#include <math.h>

#include "kernel/fmath.h"

#define FRACTION_STEPS 5000 /* of the continued fraction: some multiple of the root of the larger parameter */
#define TINY           1e-300
#define SOLVE_STEPS    200 /* by far: Newton's take some five */
#define PI             3.14159265358979323846

/* Logarithm of the gamma function, x > 0: Stirling's series (DLMF 5.11.1) from 10 on, below it by recurrence. */
static double log_gamma(double x)
{
	double product = 1.0, y;

	for (; x < 10.0; x += 1.0)
		product *= x;
	y = 1.0 / (x * x);
	return (x - 0.5) * nap_log(x) - x + 0.91893853320467274178 - nap_log(product) +
	       (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y / 1188)))) / x;
}

static double not_zero(double x)
{
	return fabs(x) < TINY ? TINY : x;
}

/* The continued fraction DLMF 8.17.22 by Lentz' method; converges fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1.0, d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0)), h = d;

	for (int m = 1; m < FRACTION_STEPS; m++) {
		double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)), step;

		d = 1.0 / not_zero(1.0 + even * d);
		c = not_zero(1.0 + even / c);
		h *= d * c;
		d = 1.0 / not_zero(1.0 + odd * d);
		c = not_zero(1.0 + odd / c);
		step = d * c;
		h *= step;
		if (fabs(step - 1.0) < 1e-15)
			break;
	}
	return h;
}

double nap_beta_share(double a, double b, double x)
{
	double front;

	if (x <= 0.0 || x >= 1.0)
		return x <= 0.0 ? 0.0 : 1.0;
	front = nap_exp(
		log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * nap_log(x) + b * nap_log(1.0 - x));
	if (x < (a + 1.0) / (a + b + 2.0))
		return front * beta_fraction(a, b, x) / a;
	return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b;
}

double nap_binomial_at_least(uint64_t n, uint64_t k, double p)
{
	if (k == 0 || k > n)
		return k == 0 ? 1.0 : 0.0;
	return nap_beta_share((double)k, (double)(n - k) + 1.0, p);
}

double nap_student_above(double t, double freedom)
{
	double both = nap_beta_share(freedom / 2.0, 0.5, freedom / (freedom + t * t));

	return t > 0.0 ? both / 2.0 : 1.0 - both / 2.0;
}

/* A share that grows with x, and how fast it does there. */
struct share {
	double (*below)(double a, double x);
	double (*density)(double a, double x);
	double a;
};

/* The x from 0 on below which a share p lies: Newton's steps, kept between bounds. */
static double solve(const struct share *s, double p, double x)
{
	double low = 0.0, high = 1e300;

	for (int i = 0; i < SOLVE_STEPS; i++) {
		double off = s->below(s->a, x) - p, slope = s->density(s->a, x), next;

		if (off > 0.0)
			high = x;
		else
			low = x;
		next = slope > 0.0 ? x - off / slope : -1.0;
		if (!(next > low && next < high))
			next = high < 1e300 ? (low + high) / 2.0 : 2.0 * x;
		if (fabs(next - x) <= 1e-15 * x)
			break;
		x = next;
	}
	return x;
}

static double student_below(double freedom, double t)
{
	return 1.0 - nap_student_above(t, freedom);
}

static double student_density(double freedom, double t)
{
	return nap_exp(log_gamma((freedom + 1.0) / 2.0) - log_gamma(freedom / 2.0) -
		       (nap_log(freedom * PI) + (freedom + 1.0) * nap_log(1.0 + t * t / freedom)) / 2.0);
}

double nap_student_quantile(double tail, double freedom)
{
	const struct share s = { student_below, student_density, freedom };

	return tail < 0.5 ? solve(&s, 1.0 - tail, 2.0) : 0.0;
}

/* DLMF 8.11.4, x small beside a. */
static double gamma_series(double a, double x)
{
	double term = 1.0 / a, sum = term;

	for (int n = 1; n < FRACTION_STEPS && term > 1e-17 * sum; n++) {
		term *= x / (a + n);
		sum += term;
	}
	return sum;
}

/* DLMF 8.9.2 by Lentz' method, x large beside a. */
static double gamma_fraction(double a, double x)
{
	double b = x + 1.0 - a, c = 1.0 / TINY, d = 1.0 / not_zero(b), h = d;

	for (int n = 1; n < FRACTION_STEPS; n++) {
		double step, over = n * (a - n);

		b += 2.0;
		d = 1.0 / not_zero(over * d + b);
		c = not_zero(b + over / c);
		step = d * c;
		h *= step;
		if (fabs(step - 1.0) < 1e-15)
			break;
	}
	return h;
}

static double gamma_density(double a, double x)
{
	return nap_exp((a - 1.0) * nap_log(x) - x - log_gamma(a));
}

double nap_gamma_share(double a, double x)
{
	if (x <= 0.0)
		return 0.0;
	return x < a + 1.0 ? x * gamma_density(a, x) * gamma_series(a, x)
			   : 1.0 - x * gamma_density(a, x) * gamma_fraction(a, x);
}

double nap_gamma_quantile(double p, double a)
{
	const struct share s = { nap_gamma_share, gamma_density, a };

	return solve(&s, p, a);
}
