/*
 * The battery clock and CMOS memory: the date once, at boot.
 */
#include <asm/clock.h>
#include <asm/io.h>

#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define RTC_UPDATE_IN_PROGRESS 0x80 /* register A */
#define RTC_24_HOURS 0x02           /* register B */
#define RTC_BINARY 0x04

struct rtc_date {
  u32 second, minute, hour, day, month, year;
};

u8 cmos_read(u8 index) {
  outb(CMOS_INDEX, index);
  return inb(CMOS_DATA);
}

static struct rtc_date rtc_read_once(void) {
  struct rtc_date date;
  for (u32 tries = 0; tries < 100000 && (cmos_read(0x0a) & RTC_UPDATE_IN_PROGRESS); tries++)
    ;
  date.second = cmos_read(0);
  date.minute = cmos_read(2);
  date.hour = cmos_read(4);
  date.day = cmos_read(7);
  date.month = cmos_read(8);
  date.year = cmos_read(9);
  return date;
}

static u32 from_bcd(u32 value) { return (value >> 4) * 10 + (value & 15); }

static u32 days_before_year(u32 year) {
  u32 before = year - 1;
  return before * 365 + before / 4 - before / 100 + before / 400;
}

/* Unix time. The registers are read until two readings agree: an update may fall between them. */
u32 rtc_read_seconds(void) {
  static const u16 days_before_month[] = {0,   31,  59,  90,  120, 151,
                                          181, 212, 243, 273, 304, 334};
  struct rtc_date a, b = rtc_read_once();
  u8 mode = cmos_read(0x0b);

  for (u32 tries = 0; tries < 10; tries++) {
    a = b;
    b = rtc_read_once();
    if (a.second == b.second && a.minute == b.minute)
      break;
  }
  bool afternoon = (b.hour & 0x80) != 0;
  b.hour &= 0x7f;
  if (!(mode & RTC_BINARY)) {
    b.second = from_bcd(b.second);
    b.minute = from_bcd(b.minute);
    b.hour = from_bcd(b.hour);
    b.day = from_bcd(b.day);
    b.month = from_bcd(b.month);
    b.year = from_bcd(b.year);
  }
  if (!(mode & RTC_24_HOURS))
    b.hour = b.hour % 12 + (afternoon ? 12 : 0);
  if (b.month < 1 || b.month > 12)
    b.month = 1;
  b.year += b.year < 70 ? 2000 : 1900;

  u32 days = days_before_year(b.year) - days_before_year(1970) + days_before_month[b.month - 1] +
             b.day - 1;
  if (b.month > 2 && b.year % 4 == 0 && (b.year % 100 != 0 || b.year % 400 == 0))
    days++;
  return ((days * 24 + b.hour) * 60 + b.minute) * 60 + b.second;
}
