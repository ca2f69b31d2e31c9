/* SPDX-License-Identifier: BSD-2-Clause */
#include "parallel/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gio/gio.h>

#include "parallel/parcel.h"
#include "parallel/ranks.h"

#define MAGIC     "natnap-journal/1\n"
#define HEAD_MAX  1024
#define SUM_BYTES 32 /* SHA-256 over length and content */
#define WRITE_US  (G_TIME_SPAN_SECOND / 10)
#define SYNC_US   G_TIME_SPAN_SECOND

struct nap_journal {
	char *path, *fault;
	int fd; /* -1: another rank's */
	GMutex lock;
	GByteArray *pending;     /* records that are not written yet */
	GBytes *found;           /* records of an earlier run */
	gsize taken;             /* bytes of them that campaigns have taken */
	uint64_t records;        /* how many they were */
	uint64_t damage;         /* bytes behind them */
	off_t head, whole;       /* bytes of the file: its head, and up to the end of the last whole record */
	int64_t written, synced; /* when */
};

/* ---- records ------------------------------------------------------------------------------------------------------ */

static void checksum(const guint8 *data, size_t n, guint8 *sum)
{
	GChecksum *c = g_checksum_new(G_CHECKSUM_SHA256);
	gsize size = SUM_BYTES;

	g_checksum_update(c, data, (gssize)n);
	g_checksum_get_digest(c, sum, &size);
	g_checksum_free(c);
}

/* Bytes of the record at data, with its length and checksum; 0: there is no whole one. */
static size_t record_at(const guint8 *data, size_t size)
{
	guint8 sum[SUM_BYTES];
	uint64_t length;

	if (size < sizeof length + SUM_BYTES)
		return 0;
	memcpy(&length, data, sizeof length);
	if (length > size - sizeof length - SUM_BYTES)
		return 0;
	checksum(data, sizeof length + length, sum);
	return memcmp(sum, data + sizeof length + length, SUM_BYTES) ? 0 : sizeof length + length + SUM_BYTES;
}

/* Up to the end of the last whole record. */
static size_t whole_records(const guint8 *data, size_t size, uint64_t *records)
{
	size_t at = 0, n;

	*records = 0;
	while ((n = record_at(data + at, size - at)) > 0) {
		at += n;
		++*records;
	}
	return at;
}

static GByteArray *make_record(
	const struct nap_point *p, uint64_t point, uint32_t replication, const struct nap_each *each)
{
	struct nap_parcel parcel = { .bytes = g_byte_array_new() };
	uint64_t length = 0;
	guint8 sum[SUM_BYTES];

	nap_parcel_put_number(&parcel, length);
	nap_parcel_put_number(&parcel, point);
	nap_parcel_put_number(&parcel, replication);
	nap_parcel_put(&parcel, &p->replication[replication], sizeof p->replication[replication]);
	nap_parcel_put_each(&parcel, each);
	nap_parcel_put_number(&parcel, p->n_batches);
	nap_parcel_put(&parcel, p->batch, p->n_batches * sizeof *p->batch);
	length = parcel.bytes->len - sizeof length;
	memcpy(parcel.bytes->data, &length, sizeof length);
	checksum(parcel.bytes->data, parcel.bytes->len, sum);
	nap_parcel_put(&parcel, sum, sizeof sum);
	return parcel.bytes;
}

/* What belongs to a point, from its record. */
static void take_into(struct nap_parcel *parcel, struct nap_point *p, uint64_t replication)
{
	struct nap_replication r;
	struct nap_replication *batch = NULL;
	struct nap_each each = { 0 };
	uint64_t batches;

	nap_parcel_take(parcel, &r, sizeof r);
	nap_parcel_take_each(parcel, &each);
	batches = nap_parcel_take_number(parcel);
	parcel->broken |= batches != nap_plan_batches(&p->plan);
	if (!parcel->broken && batches > 0) {
		batch = g_new(struct nap_replication, batches);
		nap_parcel_take(parcel, batch, batches * sizeof *batch);
	}
	parcel->broken |= nap_parcel_has_more(parcel);
	if (!parcel->broken) {
		p->replication[replication] = r;
		p->done[replication] = true;
		nap_each_merge(&p->each, &each);
	}
	if (!parcel->broken && batch) {
		g_free(p->batch);
		p->batch = g_steal_pointer(&batch);
		p->n_batches = (uint32_t)batches;
	}
	g_free(batch);
	nap_each_clear(&each);
}

/* A record, from after its length to before its checksum. */
static bool take_record(struct nap_campaign *c, GBytes *record)
{
	struct nap_parcel parcel = nap_parcel_of(record);
	uint64_t point = nap_parcel_take_number(&parcel) - c->number,
		 replication = nap_parcel_take_number(&parcel);
	struct nap_point *p;

	if (parcel.broken || point >= c->n || replication >= c->point[point].sc->general.replications)
		return false;
	p = &c->point[point];
	if (p->done[replication] || (replication == 0 && (p->observer || p->gathered)))
		return false;
	take_into(&parcel, p, replication);
	return !parcel.broken;
}

/* Is a record, from after its length, of a later campaign? */
static bool is_later(const struct nap_campaign *c, GBytes *record)
{
	struct nap_parcel parcel = nap_parcel_of(record);
	uint64_t point = nap_parcel_take_number(&parcel);

	return !parcel.broken && point >= c->number + c->n;
}

uint64_t nap_journal_restore(struct nap_journal *j, struct nap_campaign *c)
{
	gsize size, n;
	const guint8 *data = g_bytes_get_data(j->found, &size);
	uint64_t taken = 0;

	while (j->taken < size && (n = record_at(data + j->taken, size - j->taken)) > 0) {
		g_autoptr(GBytes) record = g_bytes_new_from_bytes(
			j->found, j->taken + sizeof(uint64_t), n - sizeof(uint64_t) - SUM_BYTES);

		if (is_later(c, record))
			break;
		taken += take_record(c, record);
		j->taken += n;
	}
	return taken;
}

uint64_t nap_journal_found(const struct nap_journal *j)
{
	return j->records;
}

uint64_t nap_journal_damage(const struct nap_journal *j)
{
	return j->damage;
}

/* ---- writing ------------------------------------------------------------------------------------------------------ */

void nap_journal_keep(struct nap_journal *j, const struct nap_campaign *c, uint32_t point,
	uint32_t replication, const struct nap_each *each)
{
	GByteArray *record;

	if (j->fd < 0)
		return;
	record = make_record(&c->point[point], c->number + point, replication, each);
	g_mutex_lock(&j->lock);
	if (!j->fault)
		g_byte_array_append(j->pending, record->data, record->len);
	g_mutex_unlock(&j->lock);
	g_byte_array_unref(record);
}

static bool write_all(int fd, const guint8 *data, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, data, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		data += done;
		n -= (size_t)done;
	}
	return true;
}

/* No more is kept; what is whole stays. */
static void give_up(struct nap_journal *j)
{
	char *fault = g_strdup_printf("%s: %s", j->path, g_strerror(errno));

	g_mutex_lock(&j->lock);
	j->fault = fault;
	g_mutex_unlock(&j->lock);
	if (ftruncate(j->fd, j->whole) != 0)
		errno = 0; /* its end is no whole record, and that is noticed */
}

void nap_journal_write(struct nap_journal *j, bool now)
{
	int64_t time = g_get_monotonic_time();
	GByteArray *records = NULL;

	if (j->fd < 0 || j->fault || (!now && time - j->written < WRITE_US))
		return;
	j->written = time;
	g_mutex_lock(&j->lock);
	if (j->pending->len > 0) {
		records = j->pending;
		j->pending = g_byte_array_new();
	}
	g_mutex_unlock(&j->lock);
	if (!records)
		return;
	if (write_all(j->fd, records->data, records->len))
		j->whole += records->len;
	else
		give_up(j);
	g_byte_array_unref(records);
	if (!j->fault && (now || time - j->synced >= SYNC_US)) {
		j->synced = time;
		if (fdatasync(j->fd) != 0 && errno != EINVAL) /* of what cannot be synced */
			give_up(j);
	}
}

const char *nap_journal_fault(const struct nap_journal *j)
{
	return j->fault;
}

/* ---- opening ------------------------------------------------------------------------------------------------------ */

static char *text_of(const struct nap_journal_head *head)
{
	return g_strdup_printf(MAGIC "build %s\ninput %s\nseed %" G_GUINT64_FORMAT "\n\n", head->build,
		head->input, head->seed);
}

static bool fail_with(const struct nap_journal *j, const char *why, GError **error)
{
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", j->path, why);
	return false;
}

/* The length of the head of a journal; 0: it has none. */
static size_t head_length(const char *data, size_t size)
{
	const char *end = g_strstr_len(data, (gssize)MIN(size, HEAD_MAX), "\n\n");

	return end && g_str_has_prefix(data, MAGIC) ? (size_t)(end - data) + 2 : 0;
}

static bool same_line(const char *a, const char *b, const char *word)
{
	const char *x = strstr(a, word), *y = strstr(b, word);
	size_t n = x ? strlen(word) + strcspn(x + strlen(word), "\n") : 0;

	return x && y && strncmp(x, y, n + 1) == 0;
}

/* What the file keeps is of another run, and in the way. */
static bool refuse(
	const struct nap_journal *j, const char *theirs, const char *own, uint64_t records, GError **error)
{
	const char *whose = "with another seed";

	if (!same_line(theirs, own, "\nbuild "))
		whose = "by another version or build of natnap";
	else if (!same_line(theirs, own, "\ninput "))
		whose = "of another scenario, or with other settings, profiles or files";
	g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
		"%s keeps %" G_GUINT64_FORMAT
		" finished replications of an interrupted run %s; --force begins anew",
		j->path, records, whose);
	return false;
}

static bool begin_anew(struct nap_journal *j, const char *head, GError **error)
{
	int why;

	j->head = j->whole = (off_t)strlen(head);
	if (ftruncate(j->fd, 0) == 0 && write_all(j->fd, (const guint8 *)head, strlen(head)))
		return true;
	why = errno;
	unlink(j->path);
	return fail_with(j, g_strerror(why), error);
}

/* The file as it is: size bytes, of which nothing is changed before it is known what becomes of them. */
static bool look(struct nap_journal *j, GBytes *file, const char *head, bool anew, GError **error)
{
	gsize size, length;
	const guint8 *data = g_bytes_get_data(file, &size);
	g_autofree char *begin = size ? g_strndup((const char *)data, MIN(size, HEAD_MAX)) : g_strdup("");
	uint64_t records = 0;

	length = head_length(begin, strlen(begin));
	/* a head that was cut off keeps nothing */
	if (anew || (size < strlen(head) && strncmp(head, begin, size) == 0))
		return begin_anew(j, head, error);
	if (length == 0) {
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
			"%s is damaged, or no journal of an interrupted run; --force begins anew", j->path);
		return false;
	}
	j->whole = (off_t)(length + whole_records(data + length, size - length, &records));
	if (records == 0)
		return begin_anew(j, head, error);
	if (length != strlen(head) || memcmp(begin, head, length) != 0)
		return refuse(j, begin, head, records, error);
	j->records = records;
	j->head = (off_t)length;
	j->damage = size - (gsize)j->whole;
	g_bytes_unref(j->found);
	j->found = g_bytes_new_from_bytes(file, length, (gsize)j->whole - length);
	return (ftruncate(j->fd, j->whole) == 0 && lseek(j->fd, j->whole, SEEK_SET) == j->whole) ||
	       fail_with(j, g_strerror(errno), error);
}

/* Open, and hold it against other processes. */
static bool open_locked(struct nap_journal *j, struct stat *st, GError **error)
{
	do {
		if (j->fd >= 0) /* it went away between opening and locking: its run was whole */
			close(j->fd);
		j->fd = open(j->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
		if (j->fd < 0)
			return fail_with(j,
				errno == ELOOP ? "is a symbolic link, and no journal" : g_strerror(errno),
				error);
		/* some file systems have no locks */
		if (flock(j->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
			return fail_with(j, "another natnap is writing into this folder", error);
		if (fstat(j->fd, st) != 0)
			return fail_with(j, g_strerror(errno), error);
	} while (st->st_nlink == 0);
	return S_ISREG(st->st_mode) || fail_with(j, "is no plain file", error);
}

static bool open_file(struct nap_journal *j, const struct nap_journal_head *head, bool anew, GError **error)
{
	g_autofree char *text = text_of(head);
	g_autoptr(GMappedFile) map = NULL;
	g_autoptr(GBytes) file = NULL;
	struct stat st;

	if (!open_locked(j, &st, error))
		return false;
	map = g_mapped_file_new_from_fd(j->fd, FALSE, error);
	if (!map)
		return false;
	file = g_mapped_file_get_bytes(map);
	return look(j, file, text, anew, error);
}

/* What the first rank found is everybody's; ok: could it be opened? */
static bool share(struct nap_journal *j, bool ok, GError **error)
{
	GByteArray *mine = g_byte_array_new();
	g_autoptr(GPtrArray) all = NULL;
	gsize size;
	const guint8 *data = g_bytes_get_data(j->found, &size);

	if (nap_ranks().rank == 0) {
		g_byte_array_append(mine, (const guint8 *)(ok ? "+" : "-"), 1);
		g_byte_array_append(mine, data, (guint)size);
	}
	all = nap_ranks_share(mine);
	g_byte_array_unref(mine);
	if (nap_ranks().rank == 0)
		return ok;
	data = g_bytes_get_data(all->pdata[0], &size);
	if (size == 0 || *data != '+')
		return fail_with(j, "the first rank could not open it", error);
	g_bytes_unref(j->found);
	j->found = g_bytes_new_from_bytes(all->pdata[0], 1, size - 1);
	return true;
}

struct nap_journal *nap_journal_open(
	const char *path, const struct nap_journal_head *head, bool anew, GError **error)
{
	struct nap_journal *j = g_new0(struct nap_journal, 1);
	bool ok;

	j->path = g_strdup(path);
	j->fd = -1;
	j->pending = g_byte_array_new();
	j->found = g_bytes_new(NULL, 0);
	g_mutex_init(&j->lock);
	ok = nap_ranks().rank > 0 || open_file(j, head, anew, error);
	if (nap_ranks().n > 1)
		ok = share(j, ok, error);
	if (ok)
		return j;
	j->whole = j->head + 1; /* what is there is not ours to remove */
	nap_journal_close(j, false);
	return NULL;
}

/* The names of the result are on the disk before this one goes. */
static void sync_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

bool nap_journal_close(struct nap_journal *j, bool whole)
{
	bool stays;

	if (!j)
		return false;
	stays = j->fd >= 0 && !whole && j->whole > j->head;
	if (j->fd >= 0 && whole)
		sync_folder(j->path);
	if (j->fd >= 0 && !stays)
		unlink(j->path);
	if (j->fd >= 0)
		close(j->fd);
	g_byte_array_unref(j->pending);
	g_bytes_unref(j->found);
	g_mutex_clear(&j->lock);
	g_free(j->path);
	g_free(j->fault);
	g_free(j);
	return stays;
}
