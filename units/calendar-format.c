/*
 * The normalised form of calendar events, which calendar_parse() reads back as
 * the same event.
 */
#include "base/strbuf.h"
#include "units/calendar-spec.h"

static void add_value(StrBuf *b, int value, CalendarUnit unit) {
        int scale = unit == CALENDAR_USEC ? CALENDAR_USEC_SEC : 1;

        strbuf_addf(b, "%d", value / scale);
        if (value % scale > 0)
                strbuf_addf(b, ".%06d", value % scale);
}

/* Years have four digits, all others two. */
static void add_padded(StrBuf *b, int value, CalendarUnit unit) {
        int whole = unit == CALENDAR_USEC ? value / CALENDAR_USEC_SEC : value;

        for (int power = unit == CALENDAR_YEAR ? 1000 : 10; power > 1 && whole < power; power /= 10)
                strbuf_add_char(b, '0');
        add_value(b, value, unit);
}

/* Every second, whatever other whole seconds are in the list. */
static bool is_every_second(const CalendarField *f) {
        const CalendarRange *first = f->ranges;

        if (f->n == 0 || first->start != 0 || first->stop >= 0 ||
            first->repeat != CALENDAR_USEC_SEC)
                return false;
        for (size_t i = 1; i < f->n; i++)
                if (f->ranges[i].start % CALENDAR_USEC_SEC != 0 ||
                    f->ranges[i].repeat % CALENDAR_USEC_SEC != 0)
                        return false;
        return true;
}

static void add_field(StrBuf *b, const CalendarField *f, CalendarUnit unit) {
        int scale = unit == CALENDAR_USEC ? CALENDAR_USEC_SEC : 1;
        const CalendarRange *range = f->ranges;

        if (f->n == 0 || (unit == CALENDAR_USEC && is_every_second(f))) {
                strbuf_add_char(b, '*');
                return;
        }
        for (; range < f->ranges + f->n; range++) {
                if (range > f->ranges)
                        strbuf_add_char(b, ',');
                add_padded(b, range->start, unit);
                if (range->stop > 0) {
                        strbuf_add(b, "..");
                        add_padded(b, range->stop, unit);
                }
                if (range->repeat > 0 && (range->stop <= 0 || range->repeat != scale)) {
                        strbuf_add_char(b, '/');
                        add_value(b, range->repeat, unit);
                }
        }
}

/* Two neighbours are a list, three are a range. */
static void add_weekdays(StrBuf *b, unsigned days) {
        static const char names[7][4] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
        const char *comma = "";

        for (int day = 0, last; day < 7; day = last + 1) {
                last = day;
                if (!(days & 1u << day))
                        continue;
                while (last + 1 < 7 && days & 1u << (last + 1))
                        last++;
                strbuf_addf(b, "%s%s", comma, names[day]);
                if (last > day)
                        strbuf_addf(b, "%s%s", last > day + 1 ? ".." : ",", names[last]);
                comma = ",";
        }
        if (days != 0)
                strbuf_add_char(b, ' ');
}

int calendar_format(const CalendarSpec *spec, char **ret) {
        static const char behind[CALENDAR_UNITS] = "-- ::";
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        add_weekdays(&b, spec->weekdays);
        for (CalendarUnit unit = 0; unit < CALENDAR_UNITS; unit++) {
                add_field(&b, &spec->fields[unit], unit);
                if (unit == CALENDAR_MONTH && spec->end_of_month)
                        strbuf_add_char(&b, '~');
                else if (behind[unit])
                        strbuf_add_char(&b, behind[unit]);
        }
        if (spec->utc)
                strbuf_add(&b, " UTC");
        else if (spec->zone)
                strbuf_addf(&b, " %s", spec->zone);
        return strbuf_take(&b, ret);
}
