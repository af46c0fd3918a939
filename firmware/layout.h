/* Where things are: the BIOS data area (segment 40h) as PC software knows it, our own data in
 * the extended BIOS data area, the registers of a caller on our stack, and the ports of the
 * board. Names follow IBM's technical references. */

#define ROM_SEGMENT 0xf000
#define BDA_SEGMENT 0x0040
#define EBDA_SEGMENT 0x9fc0
#define TEXT_SEGMENT 0xb800
#define BASE_MEMORY_KIB 639
/* At the end of RAM, where tables.S puts what it makes. */
#define TABLES_BYTES 0x10000

/* A service saves its caller's registers with `enter`; BP points at them. */
#define FRAME_DI 0(%bp)
#define FRAME_EDI 0(%bp)
#define FRAME_SI 4(%bp)
#define FRAME_EBX 16(%bp)
#define FRAME_BX 16(%bp)
#define FRAME_BL 16(%bp)
#define FRAME_BH 17(%bp)
#define FRAME_EDX 20(%bp)
#define FRAME_DX 20(%bp)
#define FRAME_DL 20(%bp)
#define FRAME_DH 21(%bp)
#define FRAME_ECX 24(%bp)
#define FRAME_CX 24(%bp)
#define FRAME_CL 24(%bp)
#define FRAME_CH 25(%bp)
#define FRAME_EAX 28(%bp)
#define FRAME_AX 28(%bp)
#define FRAME_AL 28(%bp)
#define FRAME_AH 29(%bp)
#define FRAME_ES 32(%bp)
#define FRAME_DS 34(%bp)
#define FRAME_IP 36(%bp)
#define FRAME_CS 38(%bp)
#define FRAME_FLAGS 40(%bp)
#define FLAG_CARRY 0x01
#define FLAG_ZERO 0x40

/* BIOS data area, offsets in segment 40h. */
#define BDA_COM 0x00
#define BDA_EBDA 0x0e
#define BDA_EQUIPMENT 0x10
#define BDA_MEMORY 0x13
#define BDA_SHIFT 0x17
#define BDA_SHIFT2 0x18
#define BDA_KEY_HEAD 0x1a
#define BDA_KEY_TAIL 0x1c
#define BDA_KEYS 0x1e
#define BDA_KEYS_END 0x3e
#define BDA_FLOPPY_STATUS 0x41
#define BDA_VIDEO_MODE 0x49
#define BDA_COLUMNS 0x4a
#define BDA_PAGE_SIZE 0x4c
#define BDA_PAGE_OFFSET 0x4e
#define BDA_CURSORS 0x50
#define BDA_CURSOR_SHAPE 0x60
#define BDA_PAGE 0x62
#define BDA_CRTC 0x63
#define BDA_TICKS 0x6c
#define BDA_MIDNIGHT 0x70
#define BDA_WARM 0x72
#define BDA_DISK_STATUS 0x74
#define BDA_DISK_COUNT 0x75
#define BDA_KEYS_FIRST 0x80
#define BDA_KEYS_LAST 0x82
#define BDA_ROWS 0x84
#define BDA_FONT_HEIGHT 0x85
#define BDA_KEY_PREFIX 0x96
#define BDA_WAIT 0x9c
#define BDA_WAIT_STATE 0xa0

#define SHIFT_RIGHT 0x01
#define SHIFT_LEFT 0x02
#define SHIFT_CTRL 0x04
#define SHIFT_ALT 0x08
#define SHIFT_NUM 0x20
#define SHIFT_CAPS 0x40
#define KEY_PREFIX_E0 0x02
#define WAIT_ACTIVE 0x01
#define WAIT_DONE 0x80

/* Extended BIOS data area. A drive table entry lies at EBDA_DRIVES + 32 * index, index 0..3. */
#define EBDA_SIZE_KIB 0x00
#define EBDA_HARD_DISKS 0x10
#define EBDA_FLOPPIES 0x14
#define EBDA_FLOPPY_COUNT 0x16
#define EBDA_DRIVES 0x20
#define EBDA_RSDP 0xa0
#define EBDA_MP_POINTER 0xc0
#define EBDA_BUFFER 0x200
#define DRIVE_SELECT 0
#define DRIVE_FLOPPY_TYPE 1
#define DRIVE_PORT 2
#define DRIVE_CONTROL 4
#define DRIVE_CYLINDERS 6
#define DRIVE_HEADS 8
#define DRIVE_TRACK 10
#define DRIVE_TOTAL 12
#define DRIVE_BYTES 32

/* POST codes on port 80h. A check that fails leaves POST_FAILED + its own code / 16 there. */
#define PORT_POST 0x80
#define POST_START 0x01
#define POST_MEMORY 0x10
#define POST_VIDEO 0x20
#define POST_SERIAL 0x30
#define POST_CMOS 0x40
#define POST_PIC 0x50
#define POST_PIT 0x60
#define POST_KEYBOARD 0x70
#define POST_PCI 0x80
#define POST_DISKS 0x90
#define POST_BOOT 0xa0
#define POST_NO_BOOT 0xaf
#define POST_FAILED 0xe0

#define CR0_NO_CACHE 0x60000000 /* CD and NW, which a reset sets */

#define PIC1 0x20
#define PIC1_DATA 0x21
#define PIC2 0xa0
#define PIC2_DATA 0xa1
#define PIC_EOI 0x20
#define PIC_READ_IN_SERVICE 0x0b
#define PIT_CHANNEL0 0x40
#define PIT_CONTROL 0x43
#define KBC_DATA 0x60
#define KBC_STATUS 0x64
#define KBC_HAS_OUTPUT 0x01
#define KBC_HAS_INPUT 0x02
#define CMOS_INDEX 0x70
#define CMOS_DATA 0x71
#define PORT_SYSTEM 0x92
#define SYSTEM_A20 0x02
#define CRTC_PORT 0x3d4
#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define POWER_BASE 0x600

#define CMOS_SECONDS 0x00
#define CMOS_MINUTES 0x02
#define CMOS_HOURS 0x04
#define CMOS_DAY 0x07
#define CMOS_MONTH 0x08
#define CMOS_YEAR 0x09
#define CMOS_A 0x0a
#define CMOS_B 0x0b
#define CMOS_C 0x0c
#define CMOS_D 0x0d
#define CMOS_EXTENDED 0x30
#define CMOS_CENTURY 0x32
#define CMOS_ABOVE_16M 0x34
#define CMOS_MORE_PROCESSORS 0x5f
#define CMOS_SCRATCH 0x7f
