"""Codecs as a media type names them (RFC 6381), from the records that set up their decoders.

A record is what MP4 has in avcC, hvcC, av1C and vpcC, and Matroska (but for VP9) in CodecPrivate. `kind` is
the sample entry's type, `avc1` and the like; it stands alone when the record is too short to tell more.
"""

_VP_FIELDS = 3  # profile, level, and the bit depth in the upper half of a byte


def avc(kind: str, record: bytes) -> str:
    """Return for example `avc1.64001f`: profile, constraints and level (ISO/IEC 14496-15, 5.3.3.1)."""
    return f"{kind}.{record[1:4].hex()}" if len(record) >= 4 else kind


def hevc(kind: str, record: bytes) -> str:
    """Return for example `hvc1.1.6.L93.90` (ISO/IEC 14496-15, 8.3.3.1 and E.3)."""
    if len(record) < 13:
        return kind
    space = ("", "A", "B", "C")[record[1] >> 6]
    tier = "H" if record[1] & 0x20 else "L"
    compatible = int(f"{int.from_bytes(record[2:6], 'big'):032b}"[::-1], 2)
    constraints = (f"{byte:X}" for byte in record[6:12].rstrip(b"\0"))
    profile = f"{space}{record[1] & 0x1F}"
    return ".".join([kind, profile, f"{compatible:X}", f"{tier}{record[12]}", *constraints])


def av1(kind: str, record: bytes) -> str:
    """Return for example `av01.0.04M.08` ("Codec ISO Media File Format Binding" of AV1, sections 2.3, 5)."""
    if len(record) < 3:
        return kind
    profile, level = record[1] >> 5, record[1] & 0x1F
    high, is_high_tier = record[2] & 0x40, record[2] & 0x80
    twelve = profile == 2 and record[2] & 0x20
    depth = (12 if twelve else 10) if high else 8
    return f"{kind}.{profile}.{level:02}{'H' if is_high_tier else 'M'}.{depth:02}"


def vp(kind: str, record: bytes) -> str:
    """Return for example `vp09.00.10.08` ("VP Codec ISO Media File Format Binding")."""
    profile_level_depth = record[4:7]  # (version and flags of the box come first)
    if len(profile_level_depth) < _VP_FIELDS:
        return kind
    profile, level, depth = profile_level_depth
    return f"{kind}.{profile:02}.{level:02}.{depth >> 4:02}"


def vp9_features(record: bytes) -> str:
    """Return the same from WebM's list of features: number, length and value of each; `vp9` if it is short.

    Source: "VP Codec ISO Media File Format Binding" and "VP9 Codec Feature Metadata" of WebM.
    """
    features: dict[int, int] = {}
    while len(record) >= _VP_FIELDS and record[1] == 1:
        features[record[0]], record = record[2], record[_VP_FIELDS:]
    if not features.keys() >= {1, 2, 3}:
        return "vp9"
    return f"vp09.{features[1]:02}.{features[2]:02}.{features[3]:02}"
