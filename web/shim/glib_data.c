/* SPDX-License-Identifier: BSD-2-Clause */
/* GLib's arrays, tables, trees and checksums, as far as they are called. Sorting is stable, as GLib's. */
#include <glib.h>

/* ---- arrays ---- */

/* Merge sort. */
static void sort(char *v, gsize n, gsize size, GCompareDataFunc f, gpointer data)
{
	gsize half = n / 2, a = 0, b = half;
	char *merged;

	if (n < 2)
		return;
	sort(v, half, size, f, data);
	sort(v + half * size, n - half, size, f, data);
	if (f(v + (half - 1) * size, v + half * size, data) <= 0) /* as most that comes by time */
		return;
	merged = g_malloc_n(n, size);
	for (gsize i = 0; i < n; i++) {
		bool first = b == n || (a < half && f(v + a * size, v + b * size, data) <= 0);

		memcpy(merged + i * size, v + (first ? a++ : b++) * size, size);
	}
	memcpy(v, merged, n * size);
	free(merged);
}

static gint plainly(gconstpointer a, gconstpointer b, gpointer f)
{
	return (*(GCompareFunc *)f)(a, b);
}

GArray *g_array_new(gboolean zero_end, gboolean zero, guint size)
{
	GArray *a = g_new0(GArray, 1);

	a->size = size;
	a->zero = zero || zero_end;
	return g_array_set_size(a, 0);
}

/* Room for one more than asked: zeros, for those who look for an end. */
static void array_room(GArray *a, guint n)
{
	if (n + 1 <= a->room)
		return;
	a->room = MAX(n + 1, 2 * a->room);
	a->data = g_realloc_n(a->data, a->room, a->size);
	memset(a->data + (gsize)a->len * a->size, 0, (gsize)(a->room - a->len) * a->size);
}

GArray *g_array_insert_vals(GArray *a, guint at, gconstpointer v, guint n)
{
	char *to;

	array_room(a, a->len + n);
	to = a->data + (gsize)at * a->size;
	memmove(to + (gsize)n * a->size, to, (gsize)(a->len - at) * a->size);
	if (n)
		memcpy(to, v, (gsize)n * a->size);
	a->len += n;
	memset(a->data + (gsize)a->len * a->size, 0, a->size);
	return a;
}

GArray *g_array_append_vals(GArray *a, gconstpointer v, guint n)
{
	return g_array_insert_vals(a, a->len, v, n);
}

GArray *g_array_prepend_vals(GArray *a, gconstpointer v, guint n)
{
	return g_array_insert_vals(a, 0, v, n);
}

GArray *g_array_set_size(GArray *a, guint n)
{
	for (guint i = n; a->clear && i < a->len; i++)
		a->clear(a->data + (gsize)i * a->size);
	array_room(a, n);
	if (n > a->len)
		memset(a->data + (gsize)a->len * a->size, 0, (gsize)(n - a->len) * a->size);
	a->len = n;
	memset(a->data + (gsize)n * a->size, 0, a->size);
	return a;
}

GArray *g_array_remove_index(GArray *a, guint at)
{
	char *from = a->data + (gsize)at * a->size;

	if (a->clear)
		a->clear(from);
	memmove(from, from + a->size, (gsize)(a->len - at - 1) * a->size);
	a->len--;
	memset(a->data + (gsize)a->len * a->size, 0, a->size);
	return a;
}

void g_array_set_clear_func(GArray *a, GDestroyNotify clear)
{
	a->clear = clear;
}

char *g_array_free(GArray *a, gboolean data_too)
{
	char *data = a->data;

	if (data_too) {
		g_array_set_size(a, 0);
		free(a->data);
		data = NULL;
	}
	free(a);
	return data;
}

void g_array_unref(GArray *a)
{
	g_array_free(a, TRUE);
}

void g_array_sort_with_data(GArray *a, GCompareDataFunc f, gpointer data)
{
	sort(a->data, a->len, a->size, f, data);
}

void g_array_sort(GArray *a, GCompareFunc f)
{
	sort(a->data, a->len, a->size, plainly, &f);
}

GByteArray *g_byte_array_new(void)
{
	return g_new0(GByteArray, 1);
}

GByteArray *g_byte_array_append(GByteArray *a, const guint8 *data, guint n)
{
	if (a->len + n > a->room) {
		a->room = MAX(a->len + n, 2 * a->room);
		a->data = g_realloc(a->data, a->room);
	}
	memcpy(a->data + a->len, data, n);
	a->len += n;
	return a;
}

void g_byte_array_unref(GByteArray *a)
{
	free(a->data);
	free(a);
}

GBytes *g_bytes_new(gconstpointer data, gsize n)
{
	GBytes *b = g_malloc(sizeof *b + n);

	b->n = n;
	memcpy(b->data, data, n);
	return b;
}

gconstpointer g_bytes_get_data(GBytes *b, gsize *n)
{
	*n = b->n;
	return b->data;
}

/* ---- arrays of pointers ---- */

GPtrArray *g_ptr_array_new_with_free_func(GDestroyNotify clear)
{
	GPtrArray *a = g_new0(GPtrArray, 1);

	a->clear = clear;
	return a;
}

GPtrArray *g_ptr_array_new(void)
{
	return g_ptr_array_new_with_free_func(NULL);
}

void g_ptr_array_set_free_func(GPtrArray *a, GDestroyNotify clear)
{
	a->clear = clear;
}

void g_ptr_array_insert(GPtrArray *a, gint at, gpointer p)
{
	guint k = at < 0 ? a->len : (guint)at;

	if (a->len == a->room) {
		a->room = a->room ? 2 * a->room : 8;
		a->pdata = g_renew(gpointer, a->pdata, a->room);
	}
	memmove(a->pdata + k + 1, a->pdata + k, (a->len - k) * sizeof *a->pdata);
	a->pdata[k] = p;
	a->len++;
}

void g_ptr_array_add(GPtrArray *a, gpointer p)
{
	g_ptr_array_insert(a, -1, p);
}

void g_ptr_array_set_size(GPtrArray *a, gint n)
{
	while (a->len > (guint)n)
		g_ptr_array_remove_index(a, a->len - 1);
	while (a->len < (guint)n)
		g_ptr_array_add(a, NULL);
}

gpointer g_ptr_array_remove_index(GPtrArray *a, guint at)
{
	gpointer p = a->pdata[at];

	if (a->clear && p)
		a->clear(p);
	memmove(a->pdata + at, a->pdata + at + 1, (a->len - at - 1) * sizeof *a->pdata);
	a->len--;
	return p;
}

void g_ptr_array_extend_and_steal(GPtrArray *to, GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++)
		g_ptr_array_add(to, from->pdata[i]);
	from->len = 0;
	g_ptr_array_unref(from);
}

gboolean g_ptr_array_find_with_equal_func(GPtrArray *a, gconstpointer p, GEqualFunc f, guint *at)
{
	guint i = 0;

	while (i < a->len && !(f ? f(a->pdata[i], p) : a->pdata[i] == p))
		i++;
	if (at && i < a->len)
		*at = i;
	return i < a->len;
}

gboolean g_ptr_array_find(GPtrArray *a, gconstpointer p, guint *at)
{
	return g_ptr_array_find_with_equal_func(a, p, NULL, at);
}

void g_ptr_array_sort(GPtrArray *a, GCompareFunc f)
{
	sort((char *)a->pdata, a->len, sizeof *a->pdata, plainly, &f);
}

void g_ptr_array_sort_with_data(GPtrArray *a, GCompareDataFunc f, gpointer data)
{
	sort((char *)a->pdata, a->len, sizeof *a->pdata, f, data);
}

gpointer *g_ptr_array_free(GPtrArray *a, gboolean all)
{
	gpointer *data = a->pdata;

	if (all) {
		g_ptr_array_set_size(a, 0);
		free(a->pdata);
		data = NULL;
	}
	free(a);
	return data;
}

void g_ptr_array_unref(GPtrArray *a)
{
	g_ptr_array_free(a, TRUE);
}

/* ---- tables: entries in the order in which they came, with chains through them ---- */

struct entry {
	gpointer key, value;
	guint hash, next; /* place + 1 in its chain */
	bool there;
};

struct nap_shim_table {
	GHashFunc hash;
	GEqualFunc equal;
	GDestroyNotify clear_key, clear_value;
	struct entry *entry;
	guint *head;
	guint n, room, live;
};

static guint hash_of(const GHashTable *t, gconstpointer key)
{
	return t->hash ? t->hash(key) : (guint)(uintptr_t)key * 2654435761u;
}

GHashTable *g_hash_table_new_full(GHashFunc hash, GEqualFunc equal, GDestroyNotify key, GDestroyNotify value)
{
	GHashTable *t = g_new0(GHashTable, 1);

	*t = (GHashTable){ .hash = hash, .equal = equal, .clear_key = key, .clear_value = value };
	return t;
}

GHashTable *g_hash_table_new(GHashFunc hash, GEqualFunc equal)
{
	return g_hash_table_new_full(hash, equal, NULL, NULL);
}

static struct entry *find(const GHashTable *t, gconstpointer key)
{
	guint hash = hash_of(t, key);

	for (guint i = t->room ? t->head[hash & (t->room - 1)] : 0; i > 0; i = t->entry[i - 1].next) {
		struct entry *e = &t->entry[i - 1];

		if (e->there && e->hash == hash && (t->equal ? t->equal(e->key, key) : e->key == key))
			return e;
	}
	return NULL;
}

static void grow(GHashTable *t)
{
	guint kept = 0;

	for (guint i = 0; i < t->n; i++)
		if (t->entry[i].there)
			t->entry[kept++] = t->entry[i];
	t->n = kept;
	t->room = MAX(8, kept * 2 > t->room ? t->room * 2 : t->room);
	t->entry = g_renew(struct entry, t->entry, t->room);
	free(t->head);
	t->head = g_new0(guint, t->room);
	for (guint i = 0; i < t->n; i++) {
		guint *head = &t->head[t->entry[i].hash & (t->room - 1)];

		t->entry[i].next = *head;
		*head = i + 1;
	}
}

static gboolean put(GHashTable *t, gpointer key, gpointer value, bool new_key)
{
	struct entry *e = find(t, key);
	guint hash = hash_of(t, key), *head;

	if (e) {
		gpointer drop = new_key ? e->key : key;

		if (t->clear_value)
			t->clear_value(e->value);
		e->key = new_key ? key : e->key;
		e->value = value;
		if (t->clear_key)
			t->clear_key(drop);
		return FALSE;
	}
	if (t->n == t->room)
		grow(t);
	head = &t->head[hash & (t->room - 1)];
	t->entry[t->n] = (struct entry){ key, value, hash, *head, true };
	*head = ++t->n;
	t->live++;
	return TRUE;
}

gboolean g_hash_table_insert(GHashTable *t, gpointer key, gpointer value)
{
	return put(t, key, value, false);
}

gboolean g_hash_table_replace(GHashTable *t, gpointer key, gpointer value)
{
	return put(t, key, value, true);
}

gboolean g_hash_table_add(GHashTable *t, gpointer key)
{
	return put(t, key, key, true);
}

static void drop(const GHashTable *t, struct entry *e)
{
	e->there = false;
	if (t->clear_key)
		t->clear_key(e->key);
	if (t->clear_value)
		t->clear_value(e->value);
}

gboolean g_hash_table_remove(GHashTable *t, gconstpointer key)
{
	struct entry *e = find(t, key);

	if (!e)
		return FALSE;
	drop(t, e);
	t->live--;
	return TRUE;
}

gpointer g_hash_table_lookup(GHashTable *t, gconstpointer key)
{
	const struct entry *e = find(t, key);

	return e ? e->value : NULL;
}

gboolean g_hash_table_contains(GHashTable *t, gconstpointer key)
{
	return find(t, key) != NULL;
}

guint g_hash_table_size(GHashTable *t)
{
	return t->live;
}

void g_hash_table_iter_init(GHashTableIter *i, GHashTable *t)
{
	*i = (GHashTableIter){ t, 0 };
}

gboolean g_hash_table_iter_next(GHashTableIter *i, gpointer *key, gpointer *value)
{
	while (i->at < i->table->n && !i->table->entry[i->at].there)
		i->at++;
	if (i->at == i->table->n)
		return FALSE;
	if (key)
		*key = i->table->entry[i->at].key;
	if (value)
		*value = i->table->entry[i->at].value;
	i->at++;
	return TRUE;
}

void g_hash_table_unref(GHashTable *t)
{
	for (guint i = 0; i < t->n; i++)
		if (t->entry[i].there)
			drop(t, &t->entry[i]);
	free(t->entry);
	free(t->head);
	free(t);
}

guint g_str_hash(gconstpointer s)
{
	guint h = 5381;

	for (const unsigned char *p = s; *p; p++)
		h = h * 33 + *p;
	return h;
}

guint g_int64_hash(gconstpointer v)
{
	uint64_t n = *(const uint64_t *)v;

	return (guint)(n ^ n >> 32) * 2654435761u;
}

gboolean g_int64_equal(gconstpointer a, gconstpointer b)
{
	return *(const int64_t *)a == *(const int64_t *)b;
}

/* ---- trees: few keys, in order ---- */

struct nap_shim_tree {
	GCompareDataFunc f;
	gpointer data;
	GDestroyNotify clear_key, clear_value;
	GPtrArray *keys, *values;
};

GTree *g_tree_new_full(GCompareDataFunc f, gpointer data, GDestroyNotify key, GDestroyNotify value)
{
	GTree *t = g_new(GTree, 1);

	*t = (GTree){ f, data, key, value, g_ptr_array_new_with_free_func(key),
		g_ptr_array_new_with_free_func(value) };
	return t;
}

void g_tree_insert(GTree *t, gpointer key, gpointer value)
{
	guint low = 0, high = t->keys->len;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (t->f(t->keys->pdata[middle], key, t->data) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < t->keys->len && t->f(t->keys->pdata[low], key, t->data) == 0) {
		if (t->clear_key)
			t->clear_key(key);
		if (t->clear_value)
			t->clear_value(t->values->pdata[low]);
		t->values->pdata[low] = value;
		return;
	}
	g_ptr_array_insert(t->keys, (gint)low, key);
	g_ptr_array_insert(t->values, (gint)low, value);
}

void g_tree_foreach(GTree *t, GTraverseFunc f, gpointer data)
{
	for (guint i = 0; i < t->keys->len; i++)
		if (f(t->keys->pdata[i], t->values->pdata[i], data))
			return;
}

void g_tree_unref(GTree *t)
{
	g_ptr_array_unref(t->keys);
	g_ptr_array_unref(t->values);
	free(t);
}

/* ---- SHA-256 (FIPS 180-4) ---- */

static uint32_t turned(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static const uint32_t rounds[64] = { 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
	0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
	0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
	0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb,
	0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
	0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
	0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb,
	0xbef9a3f7, 0xc67178f2 };

static void mix(uint32_t *h, const guchar *block)
{
	uint32_t w[64], s[8];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3) +
		       w[i - 7] + (turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10);
	memcpy(s, h, sizeof s);
	for (int i = 0; i < 64; i++) {
		uint32_t a = s[7] + (turned(s[4], 6) ^ turned(s[4], 11) ^ turned(s[4], 25)) +
			     ((s[4] & s[5]) ^ (~s[4] & s[6])) + rounds[i] + w[i];
		uint32_t b = (turned(s[0], 2) ^ turned(s[0], 13) ^ turned(s[0], 22)) +
			     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += a;
		s[0] = a + b;
	}
	for (int i = 0; i < 8; i++)
		h[i] += s[i];
}

char *g_compute_checksum_for_data(GChecksumType type, const guchar *data, gsize n)
{
	uint32_t h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
		0x5be0cd19 };
	guchar last[128] = { 0 };
	gsize whole = n / 64 * 64, rest = n - whole, padded = rest < 56 ? 64 : 128;
	GString *hex = g_string_new(NULL);

	(void)type;
	for (gsize at = 0; at < whole; at += 64)
		mix(h, data + at);
	memcpy(last, data + whole, rest);
	last[rest] = 0x80;
	for (int i = 0; i < 8; i++)
		last[padded - 1 - (gsize)i] = (guchar)((uint64_t)n * 8 >> 8 * i);
	for (gsize at = 0; at < padded; at += 64)
		mix(h, last + at);
	for (int i = 0; i < 8; i++)
		g_string_append_printf(hex, "%08x", h[i]);
	return g_string_free(hex, FALSE);
}
