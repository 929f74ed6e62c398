# ruff: noqa: E501  (wide characters count as two)
"""Sentences of our own in other languages: neutral ones that name a group, and plain insults.

They teach that a name alone is no attack, and that a short insult is one even where tweets did not spell it out.
Tests use other sentences, never these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Own:
    """Frames with `{one}` for a noun or `{many}` for a plural, what goes into them, and sentences as they are: insults, and plain ones."""

    one: tuple[str, ...]
    about_one: tuple[str, ...]
    many: tuple[str, ...]
    about_many: tuple[str, ...]
    insults: tuple[str, ...]
    plain: tuple[str, ...]

    def neutral(self) -> list[str]:
        """Every frame with everything that fits into it, in a fixed order."""
        singular = [frame.format(one=one) for frame in self.about_one for one in self.one]
        plural = [frame.format(many=many) for frame in self.about_many for many in self.many]
        return [*singular, *plural, *self.plain]


_GERMAN: Final = Own(
    one=("schwul", "lesbisch", "schwarz", "jüdisch", "muslimisch", "behindert", "trans", "türkisch", "katholisch",
         "arabisch", "autistisch", "taub", "polnisch", "evangelisch", "homosexuell"),
    about_one=("Ich bin {one}.", "Mein Bruder ist {one} und wohnt in Köln.", "Unsere neue Ärztin ist {one}.",
               "Sie ist {one}, na und?", "Man muss nicht {one} sein, um das zu verstehen.",
               "Ihr bester Freund ist {one}, sie spielen zusammen Fußball."),
    many=("Muslime", "Juden", "Flüchtlinge", "Schwule", "Lesben", "Türken", "Ausländer", "Frauen", "Schwarze", "Araber",
          "Christen", "Behinderte", "Migranten", "Syrer", "Polen", "Homosexuelle", "Russen", "Ukrainer", "Männer",
          "Roma", "Afrikaner"),
    about_many=("Viele {many} leben in unserer Stadt.", "Gestern haben {many} ein Fest gefeiert.",
                "{many} zahlen Steuern wie alle anderen.", "Der Artikel handelt davon, wie {many} hier arbeiten.",
                "Was sagen {many} zu dem neuen Gesetz?", "Meine Nachbarn sind {many}, sehr nette Leute.",
                "In der Schule lernen {many} gemeinsam mit anderen Kindern.", "Die Kirche hilft, {many} auch."),
    insults=("Du bist ein Idiot.", "Was für ein Arschloch!", "Halt die Fresse, du Depp.", "Verpiss dich, du Wichser",
             "So ein dummes Schwein.", "Du dämliche Kuh", "Ihr seid alle Vollidioten.", "Fick dich", "Dreckspack",
             "Der Autor ist ein Trottel.", "Geh sterben, du Missgeburt", "du Hurensohn", "widerliches Gesindel"),
    plain=("Ein Flüchtling aus Eritrea macht bei uns eine Lehre.", "Der Syrer von nebenan hat ein Restaurant aufgemacht.",
           "Eine Frau aus Afghanistan singt in unserem Chor.", "Ein Asylbewerber hat meine Geldbörse zurückgebracht.",
           "Ein Türke aus dem dritten Stock hat mir geholfen.", "Ein Flüchtling wurde zum Schülersprecher gewählt.",
           "Danke für den sachlichen Bericht.", "Das stimmt so leider nicht.", "Guten Morgen allerseits!",
           "Da bin ich anderer Meinung als die Stadträtin.", "Wo finde ich die Zahlen dazu?", "Schöner Text, gern gelesen."),
)  # fmt: skip

_PORTUGUESE: Final = Own(
    one=("gay", "lésbica", "muçulmano", "judeu", "preto", "negra", "trans", "católico", "evangélica", "autista", "surdo",
         "nordestino", "homossexual", "indígena", "travesti", "bissexual"),
    about_one=("Eu sou {one}.", "Minha vizinha conhece um médico {one}.", "Meu filho é {one} e adora trens.",
               "Ela contou que é {one}, e daí?", "Tenho orgulho de ser {one}.", "O novo professor é {one}.",
               "Ninguém precisa ser {one} para entender isso."),
    many=("muçulmanos", "judeus", "gays", "lésbicas", "negros", "mulheres", "homens", "imigrantes", "nordestinos",
          "travestis", "índios", "evangélicos", "católicos", "refugiados", "venezuelanos", "homossexuais", "haitianos",
          "pessoas trans", "pretos", "argentinos"),
    about_many=("Muitos {many} moram na nossa cidade.", "Ontem {many} fizeram um piquenique no parque.",
                "{many} pagam impostos como todo mundo.", "A reportagem mostra como {many} vivem aqui.",
                "O que {many} pensam da nova lei?", "Meus vizinhos são {many}, gente muito boa.",
                "A prefeitura recebeu {many} para uma conversa.", "Estudei com {many} na escola."),
    insults=("Você é um idiota.", "Seu imbecil!", "Cala a boca, seu merda", "vai tomar no cu", "filho da puta",
             "Que burro, que otário", "O autor é um babaca.", "vai se foder", "sua vagabunda", "bando de retardados",
             "seu lixo humano"),
    plain=("Um refugiado do Haiti trabalha na nossa padaria.", "Uma senhora muçulmana me ajudou no ônibus.",
           "Meu tio é um homem gay e mora em Salvador.", "Obrigado pela reportagem.", "Isso não está certo, infelizmente.",
           "Penso diferente da vereadora.", "Onde encontro esses números?", "Bom dia a todos!", "Gostei muito do texto."),
)  # fmt: skip

_ROMANIAN: Final = Own(
    one=("gay", "lesbiană", "musulman", "evreu", "rom", "negru", "ortodox", "maghiar", "catolică", "autist", "surdă",
         "homosexual", "turc", "basarabean", "ateu"),
    about_one=("Sunt {one}.", "Vecinul meu este {one} și e medic.", "Fiul meu este {one}, iubește trenurile.",
               "A spus că este {one}, și ce?", "Noul profesor este {one}.", "Nu trebuie să fii {one} ca să înțelegi."),
    many=("musulmani", "evrei", "romi", "țigani", "maghiari", "unguri", "homosexuali", "femei", "bărbați", "refugiați",
          "ucraineni", "turci", "creștini", "negri", "imigranți", "ruși", "moldoveni", "pensionari"),
    about_many=("Mulți {many} trăiesc în orașul nostru.", "Ieri niște {many} au făcut un picnic în parc.",
                "Sunt {many} care plătesc taxe ca toată lumea.", "Articolul arată cum lucrează niște {many} aici.",
                "Ce cred oare acești {many} despre noua lege?", "Vecinii mei sunt {many}, oameni foarte buni.",
                "Primarul a vorbit cu mai mulți {many}.", "Am fost la școală cu {many}."),
    insults=("Ești un idiot.", "Taci, prostule!", "ce cretin", "du-te dracului, nenorocitule", "bou ordinar",
             "Autorul e un dobitoc.", "sugi pula", "jigodie nenorocita", "niste imbecili", "mars, javra", "hotule"),
    plain=("Unchiul meu este un bărbat gay și locuiește la Iași.", "O femeie gay a câștigat premiul.",
           "Un bărbat homosexual lucrează cu mine.", "Doi tineri gay s-au mutat lângă noi, sunt foarte amabili.",
           "Un refugiat din Ucraina lucrează la brutăria noastră.", "O doamnă musulmană m-a ajutat în autobuz.",
           "Mulțumesc pentru reportaj.", "Din păcate nu este adevărat.", "Eu cred altceva decât doamna consilier.",
           "Unde găsesc aceste cifre?", "Bună dimineața tuturor!", "Mi-a plăcut mult textul.", "Ca om de culoare, cred la fel."),
)  # fmt: skip

_KOREAN: Final = Own(
    one=("게이", "레즈비언", "무슬림", "유대인", "흑인", "장애인", "조선족", "트랜스젠더", "외국인", "중국인", "일본인", "여자", "남자",
         "동성애자", "기독교인", "난민", "노인"),
    about_one=("저는 {one}입니다.", "제 친구는 {one}이고 서울에 살아요.", "새로 오신 의사 선생님은 {one}이에요.",
               "{one}라고 말했는데 그게 왜요?", "우리 이웃은 {one}인데 아주 친절해요."),
    many=("게이", "레즈비언", "무슬림", "유대인", "흑인", "장애인", "조선족", "성소수자", "외국인", "중국인", "일본인", "여성", "남성",
          "난민", "기독교인", "이주 노동자", "노인"),
    about_many=("우리 동네에는 {many} 분들이 많이 살아요.", "어제 {many} 모임이 공원에서 소풍을 했습니다.",
                "{many}도 모두 세금을 냅니다.", "이 기사는 {many}의 삶을 다룹니다.", "{many} 인권에 대한 강연이 있습니다.",
                "시장이 {many} 대표들을 만나 이야기를 들었다."),
    insults=("너 진짜 병신이냐", "닥쳐 이 새끼야", "꺼져 쓰레기야", "미친놈", "씨발 놈들", "기자가 멍청이네", "개새끼", "지랄하네",
             "한심한 인간 쓰레기", "죽어라 그냥"),
    plain=("예멘에서 온 난민이 우리 식당에서 일해요.", "이슬람교를 믿는 아주머니가 버스에서 저를 도와주셨어요.",
           "보도해 주셔서 감사합니다.", "그건 사실이 아닌 것 같아요.", "이 숫자는 어디에서 볼 수 있나요?", "모두 좋은 아침입니다!",
           "글 잘 읽었습니다.", "저는 다르게 생각합니다."),
)  # fmt: skip

_CHINESE: Final = Own(
    one=("同性恋", "穆斯林", "犹太人", "黑人", "残疾人", "河南人", "东北人", "女权主义者", "回族", "外国人", "日本人", "男人", "女人",
         "上海人", "广东人", "农民工", "亚裔", "维吾尔族", "非洲人"),
    about_one=("我是{one}。", "我的医生是{one}，人很好。", "我最好的朋友是{one}，我们每天聊天。", "她说她是{one}，那又怎样？",
               "新来的老师是{one}。"),
    many=("同性恋", "穆斯林", "犹太人", "黑人", "残疾人", "河南人", "东北人", "女性", "男性", "少数民族", "外国人", "日本人", "非洲人",
          "农民工", "亚裔", "拉丁裔", "移民", "难民", "变性人", "白人"),
    about_many=("我们城市有很多{many}。", "昨天{many}在公园里野餐。", "{many}和大家一样交税。", "这篇文章讲述了{many}的生活。",
                "{many}怎么看新的法律？", "我的邻居是{many}，非常友好。", "市长会见了{many}代表。", "学校里有很多{many}学生。",
                "应该保护{many}的权利。"),
    insults=("你这个白痴。", "傻逼", "滚，垃圾", "你妈的", "蠢货闭嘴", "作者是个脑残", "一群畜生", "去死吧", "真他妈恶心的人", "你是个白痴，骗子",
             "不要脸的贱人"),
    plain=("一位来自也门的难民在我们饭店工作。", "一位穆斯林阿姨在公交车上帮了我。", "谢谢报道。", "可惜这不是真的。", "我的看法不一样。",
           "这些数字在哪里可以找到？", "大家早上好！", "文章写得不错。"),
)  # fmt: skip

OWN: Final = {"de": _GERMAN, "pt": _PORTUGUESE, "ro": _ROMANIAN, "ko": _KOREAN, "zh": _CHINESE}
