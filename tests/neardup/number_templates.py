"""Reports of one form that differ in their numbers, as sites write them anew each day: prayer times, fixtures, prices.

`pairs_of_templates(n)` makes n pairs, each of two days of one form; whoever drops one of a pair loses an article.
"""

from __future__ import annotations

import random
from collections.abc import Callable

__all__ = ["pairs_of_templates"]

_CITIES = ("Selaya", "Saketi", "Temiang", "Kuala Serai", "Port Ellery", "Halmbach", "Villorme", "Puerto Claro")
_TEAMS = ("Rajawali", "Pelikan", "Belibis", "Cerek", "Trinil", "Merpati", "Jalak", "Kutilang")
_WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


def _clock(draw: random.Random, hour: int, minute: int) -> str:
    return f"{hour:02}.{minute + draw.randrange(0, 6):02}"


def _prayer_times(draw: random.Random, city: str, day: int) -> str:
    times = ((4, 31), (5, 48), (11, 52), (15, 14), (17, 55), (19, 5))
    imsak, sunrise, noon, afternoon, dusk, night = (_clock(draw, h, m) for h, m in times)
    return (
        f"Jadwal salat untuk wilayah {city} dan sekitarnya pada {_WEEKDAYS[day % 7]}, {day} April 2022. Imsak pukul {imsak} WIB, "
        f"terbit pukul {sunrise} WIB, zuhur pukul {noon} WIB, asar pukul {afternoon} WIB, magrib pukul {dusk} WIB, dan isya pukul "
        f"{night} WIB. Jadwal ini disusun kantor kementerian agama setempat dan berlaku untuk seluruh kecamatan di {city}. "
        "Umat Islam diimbau menunaikan salat tepat pada waktunya dan memeriksa kembali jadwal di masjid terdekat."
    )


def _fixtures(draw: random.Random, city: str, day: int) -> str:
    a, b, c, d = draw.sample(_TEAMS, 4)
    return (
        f"Berikut jadwal pertandingan liga {city} pekan ini yang disiarkan langsung. {_WEEKDAYS[day % 7]}, {day} September 2024: "
        f"{a} melawan {b} pukul {15 + day % 3}.00 WIB, {c} melawan {d} pukul {18 + day % 2}.30 WIB. Tiket dijual di loket stadion "
        "sejak pagi, dan penonton diminta datang satu jam sebelum pertandingan dimulai agar tidak berdesakan di pintu masuk utama."
    )


def _gold(draw: random.Random, city: str, day: int) -> str:
    price = draw.randrange(1300, 1500)
    return (
        f"Harga emas batangan di gerai {city} hari ini Rp {price / 1000:.3f}.000 per gram. Harga jual kembali ditetapkan Rp "
        f"{(price - 149) / 1000:.3f}.000 per gram. Harga dapat berubah sewaktu-waktu dan belum termasuk pajak penghasilan yang "
        "berlaku bagi pembeli tanpa kartu wajib pajak di seluruh gerai resmi. Pembeli disarankan menyimpan nota dan kemasan asli, "
        "karena keduanya diminta saat emas dijual kembali, dan petugas akan memeriksa keaslian keping di depan pembeli."
    )


def _weather(draw: random.Random, city: str, day: int) -> str:
    return (
        f"The forecast for {city} on the {day}th: dry in the morning, with showers from the west after noon. Temperatures will reach "
        f"{draw.randrange(12, 31)} degrees, falling to {draw.randrange(2, 12)} at night, with gusts of {draw.randrange(20, 70)} km per "
        "hour on the coast. Small boats should stay in the harbour, the weather office said, and walkers on the cliffs should keep "
        "to the marked paths until the wind drops. The next bulletin is issued at six in the evening."
    )


def _rates(draw: random.Random, city: str, day: int) -> str:
    return (
        f"Der Referenzkurs der Hafenbank in {city} lag am {day}. Mai bei {draw.randrange(100, 140) / 100:.2f} Dollar je Euro. Im "
        f"frühen Handel waren es noch {draw.randrange(100, 140) / 100:.2f} Dollar gewesen. Händler sprachen von einem ruhigen Tag "
        "ohne größere Nachrichten aus der Wirtschaft, und die meisten Anleger warten nun auf die Zahlen zum Arbeitsmarkt, die am "
        "Ende der Woche veröffentlicht werden sollen. Auch die Preise für Rohöl bewegten sich kaum, wie die Börse mitteilte."
    )


def _lottery(draw: random.Random, city: str, day: int) -> str:
    numbers = ", ".join(map(str, sorted(draw.sample(range(1, 50), 6))))
    return (
        f"Los números ganadores del sorteo de {city} del día {day} son {numbers}, y el complementario es el {draw.randrange(1, 50)}. "
        "Los premios se pueden cobrar en cualquier administración durante los tres meses siguientes a la fecha del sorteo, con el "
        "resguardo original y un documento de identidad. Los resultados no son oficiales hasta que los confirme la administración."
    )


_FORMS: tuple[Callable[[random.Random, str, int], str], ...] = (
    _prayer_times,
    _fixtures,
    _gold,
    _weather,
    _rates,
    _lottery,
)


def pairs_of_templates(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """So many pairs of two days of one form for one town."""
    draw = random.Random(seed)
    pairs = []
    for n in range(count):
        form, city, day = _FORMS[n % len(_FORMS)], draw.choice(_CITIES), draw.randrange(3, 25)
        pairs.append((form(draw, f"{city} {n}x", day), form(draw, f"{city} {n}x", day + draw.randrange(1, 4))))
    return pairs
