"""The Chinese wording of the loan contract and the cost sheet: data, same keys as English.

``{…}`` are filled by ``contract_content``. A clause is (heading, weighty?, paragraphs);
weighty ones touch the borrower's essential interests and are set in heavy type, as the law asks.
"""

TITLE = "个人借款合同"
SUBTITLE = "{product} · 电子合同"
CONTRACT_NO = "合同编号"
DRAWN_ON = "制作日期"
PARTIES = "合同双方"
LENDER = "贷款人（甲方）"
BORROWER = "借款人（乙方）"
ID_NUMBER = "身份证号码"
MOBILE = "手机号码"
CARD = "收款及还款账户"
KEY_TERMS = "借款要素"
AMOUNT = "借款本金"
IN_CAPITALS = "人民币{capitals}"
APR = "年化综合融资成本"
APR_NOTE = "按全部应还款项以内部收益率（复利）计算"
ANNUAL_RATE = "合同年利率"
ANNUAL_RATE_NOTE = "单利，固定利率"
ANNUAL_RATE_NOTE_FLOATING = "单利，浮动利率"
TERM = "借款期限"
TERM_MONTHS = "{months}个月"
METHOD = "还款方式"
PURPOSE = "借款用途"
TOTAL_INTEREST = "利息合计"
TOTAL_REPAID = "还款合计"
FIRST_DUE = "首次还款日"
MATURITY = "到期日"
DAY_COUNT = "计息基准"
CLAUSES_TITLE = "合同条款"
WEIGHTY_NOTE = "加粗并标色的条款与您有重大利害关系，请特别留意。"
SCHEDULE_TITLE = "还款计划表"
SCHEDULE_NOTE = (
    "本表按 {start} 起息编制；实际起息日以放款当日为准，日期相应顺延，利率与还款方式不变，"
    "以放款后生成的借据及还款计划为准。"
)
SCHEDULE_COLUMNS = ("期次", "还款日", "应还金额", "其中本金", "其中利息", "剩余本金")
SCHEDULE_TOTAL = "合计"
SHEET_TITLE = "个人贷款综合融资成本明示表"
SHEET_NORMAL = "一、正常履约时的全部息费"
SHEET_COLUMNS = ("项目", "收取方式", "标准", "金额（元）", "收取主体")
SHEET_TOTAL = "正常履约息费合计"
SHEET_APR = "正常履约情形下的年化综合融资成本"
SHEET_CONTINGENT = "二、违约时或特定情形下可能发生的费用"
SHEET_CONTINGENT_COLUMNS = ("项目", "收取方式", "标准", "收取主体")
SHEET_STATEMENT = "三、声明"
NOTHING_ELSE = (
    "除本表所列项目外，贷款人及其合作机构不向借款人收取任何其他利息、费用，"
    "也不从借款本金中预先扣除利息或费用。"
)
PER_YEAR = "年利率 {rate}"
OF_AMOUNT = "{rate}"
SIGNATURES = "签署"
LENDER_SEAL = "贷款人（电子印章）"
BORROWER_SIGNATURE = "借款人（电子签名）"
UNSIGNED = "待借款人以短信验证码确认签署"
SIGNED = "已由借款人本人以短信验证码确认签署"
SIGNED_AT = "签署时间"
SIGNED_BY_MOBILE = "验证手机号"
READING_SECONDS = "成本明示表阅读时长"
SECONDS = "{seconds}秒"
CLIENT_IP = "网络地址"
DOCUMENT_HASH = "所签文件 SHA-256"
PAGE = "第 {page} 页 / 共 {pages} 页"
FINGERPRINT = "合同正文 SHA-256"

METHODS = {
    "equal_instalment": ("等额本息", "每月归还相同金额，其中包含本金和利息"),
    "equal_principal": ("等额本金", "每月归还相同本金，利息逐月减少"),
    "interest_only": ("先息后本", "每月付息，到期一次归还本金"),
    "bullet": ("到期一次还本付息", "到期日一次归还全部本金和利息"),
    "quarterly_interest": ("按季付息、到期还本", "每三个月付息一次，到期一次归还本金"),
    "seasonal": ("按生产周期还款", "在约定的收入月份归还本金和利息，其他月份不还款"),
    "flexible": ("随借随还", "按日计息，每月付息，可随时归还本金"),
}
DAY_COUNTS = {
    "30/360": "每月按30天、每年按360天计息",
    "act/360": "按实际天数计息，日利率＝年利率÷360",
    "act/365": "按实际天数计息，日利率＝年利率÷365",
    "act/act": "按实际天数计息，日利率＝年利率÷当年实际天数",
}
PURPOSES = {
    "agriculture": "农业生产经营",
    "seeds_fertiliser": "购买种子、化肥、饲料",
    "livestock": "购买畜禽",
    "machinery": "购买农机具",
    "business": "日常经营周转",
    "stock": "经营进货",
    "working_capital": "日常经营周转",
    "equipment": "购置设备",
    "renovation": "建房、装修",
    "home": "家居消费",
    "furniture": "购买家具家电",
    "car": "购买车辆",
    "vehicle": "购买车辆",
    "education": "教育培训",
    "medical": "医疗",
    "wedding": "婚庆及家庭支出",
    "travel": "旅游",
    "consumption": "日常消费",
    "daily": "日常消费",
    "other": "其他合法用途",
}
COSTS = {
    "interest": ("利息", "按未还本金和实际占用时间计算，按还款计划表收取"),
    "penalty": ("罚息", "自逾期之日起按逾期本金和实际天数收取，在合同利率上加收{uplift}"),
    "compound": ("复利", "对逾期未付的利息，按罚息利率和实际天数收取"),
    "early_repayment": ("提前还款手续费", "提前归还时按提前归还的本金一次收取"),
}
EARLY_FREE = "乙方可随时提前归还全部或部分借款，利息按实际用款天数计算，甲方不收取提前还款费用。"
EARLY_FEE = (
    "乙方可随时提前归还全部或部分借款，利息按实际用款天数计算；"
    "甲方按提前归还本金的{fee}一次性收取手续费。"
)
GRACE_NONE = "本合同不设宽限期。"
GRACE = "还款日后{grace_days}天为宽限期，在宽限期内还清当期款项的，不计罚息，不视为逾期。"

ALLOCATION_USUAL = "还款不足以清偿全部到期债务的，依次抵充实现债权的费用、利息、本金。"
ALLOCATION = "还款不足以清偿全部到期债务的，依次抵充实现债权的费用、{order}。"
LIST_SIGN = "、"
COMPONENTS = {"compound": "复利", "penalty": "罚息", "interest": "利息", "principal": "本金"}
PRINCIPAL_FIRST = "逾期超过{days}天的，还款先抵充本金，再抵充利息。"
NEXT_WORKING_DAY = "还款日不是银行工作日的，顺延至下一个工作日还款，不视为逾期。"
REVOLVING = (
    "借款额度人民币{amount}元在借款期限内可循环使用：归还的本金恢复为可用额度，乙方可再次支用，"
    "每次支用按本合同利率和还款方式计息、还款。乙方逾期的，甲方有权冻结未支用的额度。"
)
REPRICING = {
    "fixed": "在借款期限内固定不变",
    "yearly_january": (
        "每年1月1日按当日适用的贷款市场报价利率（LPR）加上本合同订立时的加点调整，"
        "调整后的利率以短信告知乙方"
    ),
    "yearly_anniversary": (
        "每满一年按当日适用的贷款市场报价利率（LPR）加上本合同订立时的加点调整，"
        "调整后的利率以短信告知乙方"
    ),
}

CLAUSES = (
    (
        "借款与用途",
        True,
        (
            "甲方向乙方提供借款人民币{amount}元（大写：{capitals}），用于{purpose}。",
            "乙方不得将借款用于购房或偿还住房贷款、股票及其他金融投资、赌博及其他违法活动，"
            "不得转借他人。挪用借款的，甲方有权停止放款并要求提前归还。",
        ),
    ),
    (
        "放款",
        False,
        (
            "甲方将借款本金一次足额划入乙方本人账户（{card}），不预先扣除任何利息或费用。",
            "借款自实际到账之日起计息；当日未到账的，不计息。",
        ),
    ),
    (
        "利率与计息",
        True,
        (
            "合同年利率为{annual_rate}（单利），{repricing}。{day_count}。",
            "按本合同还款计划表全部现金流计算，年化综合融资成本为{apr}（内部收益率，复利）。",
        ),
    ),
    (
        "还款",
        True,
        (
            "还款方式为{method}：{method_note}。乙方应于还款计划表所列还款日前存足应还款项，"
            "并授权甲方从上述账户扣收。",
            "{allocation}",
            "{due_days}",
            "{revolving}",
        ),
    ),
    ("提前还款", False, ("{early}",)),
    (
        "逾期",
        True,
        (
            "{grace}",
            "乙方逾期的，自逾期之日起对逾期本金按罚息年利率{penalty_rate}"
            "（合同利率加收{uplift}）计收罚息，对逾期利息按同一利率计收复利，至还清为止。",
            "全部利息、罚息、复利合计不超过法律、司法解释规定的上限。"
            "甲方以合法、文明的方式催收，不联系与债务无关的人。",
        ),
    ),
    (
        "提前到期",
        True,
        (
            "乙方提供虚假材料、挪用借款、连续三期或累计六期未按时还款，或涉及重大诉讼足以影响还款的，"
            "甲方可在书面（含短信）通知并给予合理期限后，宣布借款提前到期。",
        ),
    ),
    (
        "信用信息",
        True,
        (
            "甲方依法向金融信用信息基础数据库报送本借款的发放、还款和逾期信息。"
            "逾期记录会影响乙方今后的贷款。",
        ),
    ),
    (
        "乙方的权利",
        False,
        (
            "乙方可随时免费查看和下载本合同、还款计划及还款记录，结清后取得结清证明。",
            "乙方可要求对自动审批结果进行人工复核，可拒绝营销信息，可向甲方投诉，"
            "对处理结果不满意的，可向金融监管部门投诉。",
        ),
    ),
    (
        "主体变更",
        False,
        (
            "甲方合并、改制或变更为分支机构的，由承继其权利义务的机构继续履行本合同，"
            "乙方的利率、期限和还款方式不变。",
        ),
    ),
    (
        "送达与争议解决",
        False,
        (
            "双方确认上述手机号码为本合同的送达方式之一；号码变更应及时告知甲方。",
            "争议由双方协商解决；协商不成的，由甲方住所地人民法院管辖。",
        ),
    ),
    (
        "电子签署与生效",
        False,
        (
            "双方同意以数据电文形式订立本合同。乙方阅读综合融资成本明示表和本合同后，"
            "输入发送至本人手机的验证码即为电子签名，与手写签名具有同等效力。",
            "本合同自乙方签署之日起生效，至全部款项结清之日终止。",
        ),
    ),
)
