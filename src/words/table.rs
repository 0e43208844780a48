//! Every word that a person reads in a list, a sheet or a page, in Chinese and in English, in one table.
//!
//! Titles, meanings, innocent causes and rules of indicators stand on their cards and pages, in both languages;
//! everything else is here. A template names its cells in braces, and [`fill`] puts them in.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::indicators::card::Scheme;
use crate::ledger::book::chart::Class;
use crate::ledger::book::limit_words::Duty;
use crate::ledger::contract::schema::TABLES;
use crate::ledger::level::Level;
use crate::ledger::subject::Grain;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// 中文
    #[default]
    Zh,
    /// English
    En,
}

impl Lang {
    /// Of two texts, English first, the one in this language.
    pub fn of<T>(self, [en, zh]: [T; 2]) -> T {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }

    /// Its tag in a page.
    pub fn tag(self) -> &'static str {
        self.of(["en", "zh-CN"])
    }
}

macro_rules! words {
    ($($word:ident $en:literal $zh:literal)*) => {
        /// A text of the table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Word {
            $(
                #[doc = $en]
                $word,
            )*
        }

        impl Word {
            /// Every text.
            pub const ALL: &[Self] = &[$(Self::$word),*];

            /// The text in a language.
            pub fn to(self, lang: Lang) -> &'static str {
                lang.of(match self {
                    $(Self::$word => [$en, $zh],)*
                })
            }
        }
    };
}

words!(
    Product "mingzhang" "明账"
    PointToVerify "A point to verify, not a finding" "待核实疑点，不是结论"
    Careful "Each line is a point to verify, not a finding; innocent causes stand beside the reasons." "清单各行均为待核实疑点，不是结论；每条理由旁列有可能的正当原因。"
    Ordered "The order value ranks the lines, for each hour of work: the upper bound of the probability, times the sum of the money that no earlier line covers and the average amount that a finding recovers elsewhere. It can exceed the money of the line and is no estimate of it." "排序值用于排列各行（按每小时计）：概率上限 ×（前面各条未涉及的金额 + 查实一条平均另外追回的金额）。排序值可能高于该条涉及金额，不代表该条的金额。"
    HoursTell "{hours} hours, {leads} leads; {lots} of them a random sample, so that what is found is not only what the list looks for" "本级工时 {hours} 小时，疑点 {leads} 条；其中随机抽取 {lots} 条，用于检验清单之外的情况"
    FalseTell "How many of these leads are false: {bounds} (confidence 90 %)." "本清单疑点中不成立的条数：{bounds}（置信度 90%）。"
    FalseBound "{grain}s at most {false} of {leads}" "{grain}类 {leads} 条中至多 {false} 条"
    FalseUnknown "How many of these {leads} leads are false cannot be stated: their p-values give no bound below the length of the list. Once conclusions are handed back, the hit rate of the random sample tells." "本清单 {leads} 条疑点中有多少不成立目前无法给出：仅凭 p 值得不出低于清单条数的上限。核查结论回收后，可参看随机抽取部分的查实率。"
    FindsTell "Of simulated violations planted into copies of this county's own books, a list of this length would find {low} (“{hard}”) to {high} (“{easy}”), by kind." "将模拟违规行为植入本县账簿副本测试，同样长度的清单可查出其中的 {low}（“{hard}”）至 {high}（“{easy}”），因类型而异。"
    FindsUnknown "How much a list of this length would find cannot be stated: no simulated violations could be planted into the county's books." "同样长度的清单能查出多少目前无法给出：本县账簿未能植入模拟违规行为进行测试。"
    Notes "How this list is made" "清单说明"
    RestsOn "Probabilities are upper bounds from p-values; p-values compare with {reference} reference payments of the same county, and rest on ordinary villages being like each other." "概率是由 p 值换算的上限；p 值与本县 {reference} 笔基准付款相比，前提是正常的村彼此相似。"
    PowerTell "Of acts planted into copies of this county's own books, the first {payments} payments of the ranking (the county's hours) would show: {schemes}. Real acts are harder to see." "在本县账簿副本中模拟植入问题，按排序前 {payments} 笔付款（县级工时所及）可查出：{schemes}。真实问题比模拟的更难发现。"
    SchemePower "{scheme} {share} ({low} to {high})" "{scheme} {share}（{low} 至 {high}）"
    PretrainedTell "This county has too few payments or villages to fit the ranking model on. It was ranked by a model fitted on other counties ({counties}; {payments} payments). The model that comes with the program was fitted on simulated counties." "本县付款或村数过少，不足以训练排序模型，排序采用以其他县（{counties}，共 {payments} 笔付款）训练的模型。随程序附带的模型以模拟县训练。"
    LackingTell "Were {needs} delivered, these could be looked for too (share of such planted acts that the first hundredth of the payments shows in other counties, which record it): {kinds}" "如补充提供 {needs}，还可核查（括号内为在有此记录的其他县中，排序前 1% 的付款可查出的植入行为比例）：{kinds}"
    LackingKind "{kind} ({share})" "{kind}（{share}）"
    HowToFill "Choose a conclusion in the column for it, fill in the day on which it was closed and what was recovered, and hand the file back: `mingzhang outcomes import FILE.xlsx`. Leave all other columns as they are." "在“核查结论”列选择结论，填写办结日期和追回金额等，再交回导入：mingzhang outcomes import 文件.xlsx。其他各列请勿改动。"
    BeforeTell "Concluded before, on {day}: {grade} (lead {lead}); payments not covered by it: {count}, {sum} yuan" "此前已于 {day} 核查（疑点 {lead}），结论：{grade}；该结论未涉及的付款 {count} 笔，合计 {sum} 元"
    BeforeFacts "; found since then: {indicators}" "；此后新发现：{indicators}"
    Status "Since" "状态"
    NewLead "new" "新增"
    OpenSince "listed since {day}, {days} days" "{day} 起列入，已 {days} 天"
    Results "Results" "核查成效"
    ResultsTell "Cases concluded so far. The hit rate stands with its 90 % interval; only beside that of the random sample and of the cases that inspectors chose does it say what the list is worth." "已核查疑点的结论汇总。查实率附 90% 置信区间；与随机抽取、人工选案的查实率对照，才能看出清单的成效。"
    NoResults "No conclusion was handed back yet." "尚无核查结论回收。"
    Concluded "Concluded" "已办结"
    Confirmed "Confirmed" "查实"
    HitRate "Hit rate" "查实率"
    Unrectified "Without evidence of rectification" "未提供整改佐证"
    Overdue "Overdue" "逾期未办"
    KeyHint "A payment: village/month/voucher/line, as in the column of keys of the list. A village: its code. A payee or official: the id." "付款：村代码/月份/凭证号/行号，与清单“对象标识”列写法相同；村：村代码；收款人、审批人：其标识。"
    OverdueUnknown "How many cases are overdue is not known: there is no published list in {folder}; give its folder with --out." "逾期未办数不详：{folder} 中没有已发布的清单，请用 --out 给出发布文件夹。"
    InspectorCases "Cases of one's own" "人工选案"
    InspectorTell "Cases that inspectors chose beside the list: one row each, with the kind and the key of the subject." "清单之外由核查人员自行选定的案件，每行一件，填写对象类型和对象标识。"
    DroppedLeads "Dropped since the last list" "较上期清单移出的疑点"
    DroppedConcluded "concluded" "已办结"
    DroppedOther "no longer on the list" "未再列入"
    ListOf "{level}: leads {leads}, offices {offices}" "{level}级：{offices} 个单位，{leads} 条疑点"
    AsOf "As of" "截止日期"
    Office "Office" "承办单位"
    County "County" "县"
    Township "Township" "乡镇"
    Village "Village" "村"
    Leads "Leads" "风险清单"
    Vouchers "Vouchers" "凭证明细"
    ByVillage "By village" "村级汇总"
    Covered "Coverage" "覆盖情况"
    About "About" "说明"
    Lead "Lead" "疑点编号"
    Place "No." "序号"
    LevelOf "Level" "核查层级"
    Kind "About" "对象类型"
    Subject "Subject" "对象"
    Key "Key" "对象标识"
    VillageCode "Village code" "村代码"
    VillageName "Village" "村名"
    SchemeOf "Strongest evidence" "主要疑点类型"
    Money "Money involved, yuan" "涉及金额（元）"
    Recoverable "Recoverable at most, yuan" "最多可追回（元）"
    OrderValue "Order value" "排序值"
    Probability "Probability at most" "概率上限"
    PValue "p-value" "p 值"
    FalseAtMost "Of its kind down to here false at most" "同类疑点至此不成立的至多条数"
    Minutes "Minutes" "预计用时（分钟）"
    Due "Due" "办理期限"
    PickedBy "Selection by" "入选方式"
    Reasons "Reasons" "理由"
    ElseCause "What else could explain it" "还有什么可能的原因"
    Basis "Rule that it rests on" "依据"
    Clears "What would clear it" "怎样可以排除"
    LookedFor "Looked for and not found" "查过、未见异常"
    Conclusion "Conclusion" "核查结论"
    Recovered "Recovered, yuan" "追回金额（元）"
    Closed "Closed on" "办结日期"
    By "Verified by" "核查人"
    Remark "Remark" "备注"
    VoucherNo "Voucher" "凭证号"
    Line "Line" "行号"
    Date "Date" "日期"
    Account "Account" "科目"
    Amount "Amount, yuan" "金额（元）"
    Payee "Payee" "收款人"
    Approver "Approver" "审批人"
    Summary "Purpose" "摘要"
    Belongs "Part of the lead" "属于本疑点"
    OfReason "Behind reason" "对应理由"
    CounterEntries "Other entries of the voucher" "对方分录"
    Debit "debit" "借"
    Credit "credit" "贷"
    MarkedCells "Marked: what a reason speaks of." "底色标出的内容为理由所指。"
    BoldRows "Bold: payments that are part of the lead; the other rows are what its reasons point at." "加粗的行属于本疑点，其余各行是理由所指的相关付款。"
    Yes "yes" "是"
    No "no" "否"
    OwnLeads "Leads" "疑点数"
    Payments "Payments" "付款笔数"
    Paid "Paid, yuan" "付款金额（元）"
    Indicator "Indicator" "指标"
    Asked "Could be asked" "是否可核"
    Missing "Not recorded" "缺少的数据"
    AskedOf "Asked of" "应核对象数"
    Answered "Answered" "有指标值的对象数"
    NotRecorded "not recorded" "未记录"
    GradeNone "nothing found" "未发现问题"
    GradeError "error, corrected" "差错已更正"
    GradeIrregularity "irregularity" "违规"
    GradeDiscipline "handed to discipline inspection" "移交纪检"
    GradeCriminal "handed to the judiciary" "移送司法"
    ByList "list" "清单"
    ByRandomSample "random sample" "随机抽取"
    ByComplaint "complaint" "投诉举报"
    ByRoutine "routine check" "例行检查"
    ByInspector "inspector's choice" "人工选案"
    Rectified "Evidence of rectification" "整改佐证"
    IndicatorCodes "Indicators" "指标代码"
    OfPayment "payment" "付款"
    OfPayee "payee" "收款人"
    OfOfficial "approver" "审批人"
    OfVillage "village" "村"
    TellRows "{count} rows, {sum} yuan, {from} to {to}: {vouchers}" "{count} 笔，合计 {sum} 元，{from} 至 {to}，凭证 {vouchers}"
    TellRow "{sum} yuan on {from}, voucher {vouchers}" "{from}，{sum} 元，凭证 {vouchers}"
    AndOthers "{first} and others ({all})" "{first} 等共 {all} 项"
    AndMore "{vouchers} and others ({all} vouchers)" "{vouchers} 等共 {all} 张"
    FactOverCounty "{amount} yuan, {times} times the median of all {of} payments ({usual} yuan)" "{amount} 元，为全县 {of} 笔付款中位数（{usual} 元）的 {times} 倍"
    FactOverPayee "{amount} yuan, {times} times the median of the {of} payments to {payee} ({usual} yuan)" "{amount} 元，为付给 {payee} 的 {of} 笔付款中位数（{usual} 元）的 {times} 倍"
    FactOverPayeeAccount "{amount} yuan from account {account}, {times} times the median of the {of} payments to {payee} from it ({usual} yuan)" "科目 {account} 支出 {amount} 元，为该科目付给 {payee} 的 {of} 笔付款中位数（{usual} 元）的 {times} 倍"
    FactLargest "largest payment {amount} yuan (voucher {voucher}), {times} times the median of {of} payments ({usual} yuan)" "最大一笔 {amount} 元（凭证 {voucher}），为 {of} 笔付款中位数（{usual} 元）的 {times} 倍"
    FactPayments "{count} of {of} payments show signs of “{scheme}”; of all payments of the county {usual} do" "{of} 笔付款中有 {count} 笔带有“{scheme}”迹象，全县付款中为 {usual}"
    FactSmallSums "{count} payments to {payees} from {first} to {last}, {sum} yuan in all, none above {largest} yuan, are verified together" "{first} 至 {last} 付给 {payees} 共 {count} 笔，合计 {sum} 元，单笔不超过 {largest} 元，合并核查"
    FactRanking "the ranking model places it {rank} of {of} payments; of the simulated violations that it was trained on it resembles “{scheme}” most" "排序模型将其列在 {of} 笔付款的第 {rank} 位；在训练所用的模拟违规行为中，与“{scheme}”最为相似"
    OwnRules "Own rules" "本单位规则"
    OwnRuleMet "Own rule “{name}” (version {version}): {met} of {asked} payments meet it ({share}), {sum} yuan" "本单位规则“{name}”（第 {version} 版）：可核对的 {asked} 笔付款中有 {met} 笔符合（{share}），合计 {sum} 元"
    OwnRuleWide "; the rule states {most} at most: narrow it, or it hides what matters" "；超过规则自定的提示比例 {most}，建议收窄条件，以免重要疑点被淹没"
    OwnRuleChanged "Own rule “{name}” (version {version}) differs from what the list of {day} used under the same version; raise the version when a rule changes" "本单位规则“{name}”（第 {version} 版）与 {day} 清单所用同版内容不一致；修改规则时请提高版本号"
    OwnRuleVersion "Version" "版本"
    OwnRuleFound "What is recorded" "记录内容"
    RankingModel "Ranking model" "排序模型"
    Background "Background, about the {grain}: {text}" "背景情况（{grain}）：{text}"
    TellAsMuch "{subjects} of {all} here read as much or more" "同县 {all}中有 {subjects}达到或超过此值"
    TellHighest "the highest of {all} here" "在同县 {all}中最高"
    TellBroken "{subjects} of {all} here are as bad or worse" "同县 {all}中有 {subjects}情形相同或更重"
    TellOnly "the only one of {all} here" "同县 {all}中仅此一例"
    CountPayments "{count} payments" "{count} 笔付款"
    CountPayees "{count} payees" "{count} 个收款人"
    CountOfficials "{count} approvers" "{count} 名审批人"
    CountVillages "{count} villages" "{count} 个村"
    UnitPayments "{count}" "{count} 笔"
    UnitPayees "{count}" "{count} 个"
    UnitOfficials "{count}" "{count} 名"
    UnitVillages "{count}" "{count} 个"
    MeansRule "rule" "规则"
    MeansStatistic "statistic" "统计"
    MeansMatch "match" "比对"
    MeansNetwork "network" "关联"
    ClassProduction "production" "生产性支出"
    ClassNonProduction "non-production" "非生产性支出"
    ClassConstruction "construction" "工程支出"
    ClassSubsidy "subsidy" "补贴支出"
    ClassWage "wage" "工资支出"
    ClassOther "other" "其他支出"
    PostSecretary "secretary" "书记"
    PostDirector "director" "主任"
    PostCommittee "committee member" "委员"
    PostSupervisor "supervisor" "村务监督委员"
    PostClerk "clerk" "报账员"
    DutyApprover "approver" "审批人"
    DutyCosigner "cosigner" "会签人"
    DutyCommitteeStamp "supervision committee's stamp" "监委会盖章"
    DutyTownshipReviewer "township reviewer" "镇级审核人"
    DutyDecision "collective decision" "集体决策"
    DutyHandler "handler" "经手人"
    DutyWitness "witness" "证明人"
    KindInvoice "invoice" "发票"
    KindReceipt "receipt" "收据"
    KindList "list" "清单"
    KindSelfMade "own slip" "自制凭证"
    KindNone "none" "无"
    KindCash "cash" "现金"
    KindTransfer "transfer" "转账"
    KindCard "card" "银行卡"
    KindOther "other" "其他"
    TellLot "In the random sample, not for what was measured" "随机抽取，并非因指标值异常"
    ElseCount "Where much is paid or signed, small oddities add up, and each payment may have an ordinary cause of its own." "付款或审批较多时，零星异常自然累积，其中每一笔都可能各有正当原因。"
    ElsePlain "A project, an acquisition or a bill for a longer time, whose amount is larger than what is usual." "工程、设备购置或较长周期的结算，金额本就高于平常。"
    Relative "relative" "亲属"
    Unusual "unusual as a whole" "整体异常"
    SchemeSplitting "kept under a limit" "拆分、压线"
    SchemeKinBenefit "payments to relatives" "付款涉及亲属"
    SchemeDuplicate "equal or similar payments" "相同或相近的付款"
    SchemeOffBook "receipts and payments off the books" "收付款项与账面不符"
    SchemeMisposting "booked elsewhere or vaguely described" "串科目、事由不清"
    SchemeInventedAmounts "unusual digits in amounts" "金额数字分布异常"
    SchemeProcedure "signature or decision missing" "签批手续不全"
    SchemeGhost "particulars of the payee in doubt" "收款人信息异常"
    SchemeAdvances "advances outstanding" "借支、往来挂账"
    SchemeUnusualSpending "spending out of its usual mix" "支出偏离常态"
    SchemeLateRecords "recorded late or at odd hours" "补记、异常时间入账"
    SchemeCollusion "approving for each other" "互相批付"
    SchemeAssetLeakage "assets, leases and contracts" "资产资源与合同"
    SchemeDisclosure "notices and the books differ" "公开与账面不符"
    ClearSplitting "One quotation, contract or decision that covers the whole sum, or proof that the parts were separate purchases." "提供覆盖全部金额的同一份询价、合同或集体决议，或证明各笔确属各自独立的采购。"
    ClearKinBenefit "Minutes that show who stepped aside, and two quotations from others." "提供本人回避的会议记录，以及两家以上无关联方的报价。"
    ClearDuplicate "Two deliveries with two receipts, or the entry that takes one of the payments back." "提供两次交付的两份单据，或其中一笔已红字冲回的分录。"
    ClearOffBook "The receipt stubs, the bank statement and the entry that brings the money into the book." "核对收据存根、银行对账单和入账分录。"
    ClearMisposting "The invoice with its items, and the account that the chart gives for them." "核对发票明细与会计制度规定的科目。"
    ClearInventedAmounts "The measurements, lists or weighing slips from which the amounts were reckoned." "提供计算金额所依据的丈量表、花名册或过磅单。"
    ClearProcedure "The signed form, the stamp or the minutes, with their date." "补充查验签字表单、印章或会议记录及其日期。"
    ClearGhost "The payee in person or by telephone, the identity document, and what was delivered." "联系收款人本人核实，查验身份证件和交付成果。"
    ClearAdvances "The loan note, its approval, and the date on which it was settled." "查验借据、审批手续和结清日期。"
    ClearUnusualSpending "The project, event or emergency that the spending belongs to, and its approval." "说明该支出对应的项目、活动或应急事项及其审批。"
    ClearLateRecords "Why the record came late, and the document with its own date." "说明补记原因，查验原始凭证自身的日期。"
    ClearCollusion "Deliveries and prices that stand up against two other suppliers." "核对实际交付，并与另外两家供货方比价。"
    ClearAssetLeakage "The contract or lease with its tender or decision, an appraisal, and the receipt of what was due." "提供合同（租约）及招标或集体决议、评估报告，以及应收款项的到账凭证。"
    ClearDisclosure "A photograph of the notice with its date, and the ledger page that it was copied from." "提供公示照片及日期，以及公示所依据的账页。"
    ClearUnusual "The voucher with its attachments, and why it differs from others of its kind." "查验凭证及附件，说明与同类付款不同的原因。"
    Questions "Questions to answer" "请说明以下问题"
    QuestionWhat "What was bought or paid for, and who received it?" "买了什么、付给了谁、由谁验收？"
    QuestionPapers "Which papers are attached, and what do they say?" "附有哪些原始凭证，内容是否一致？"
    QuestionRule "Who approved it, and by which rule?" "由谁审批，依据哪条规定？"
    AskSplitting "Were these payments planned together, and why were they not approved as one?" "这些支出是否属于同一事项？为何未合并报批？"
    AskKinBenefit "Who chose the payee, who stepped aside, and which other quotations were there?" "由谁确定收款人？有利害关系的人员是否回避？有无其他报价？"
    AskDuplicate "Which deliveries belong to each of the payments?" "各笔付款分别对应哪一次交付？"
    AskOffBook "When and by which entry did the money come into the books?" "款项何时、以哪张凭证入账？"
    AskMisposting "What exactly was paid for, and why was it booked to this account?" "具体支付的是什么？为何记入该科目？"
    AskInventedAmounts "From which measurements, lists or weighing slips were the amounts computed?" "金额依据哪些丈量表、花名册或过磅单计算？"
    AskProcedure "Who should have signed, and why is the signature or decision missing?" "应由谁签批？为何缺少签批或决议？"
    AskGhost "Who is the payee, and how can the payee be reached?" "收款人是谁？如何联系核实？"
    AskAdvances "Who approved the advance, and when will it be settled?" "借支由谁批准？何时结清？"
    AskUnusualSpending "For which project or event was the money spent?" "该支出用于哪个项目或事项？"
    AskLateRecords "Why was the record made so late, or at this hour?" "为何补记或在该时间入账？"
    AskCollusion "Which other suppliers were asked?" "还询问过哪些供应商？"
    AskAssetLeakage "Who decided the price or the supplement, and how was it compared with others?" "价格或补充协议由谁决定？与同类如何比较？"
    AskDisclosure "When was it posted, by whom, and from which accounts?" "何时由谁公示？依据哪些账目？"
    AskUnusual "Why does this payment differ from others of its kind?" "该笔付款为何与同类付款不同？"
    Parties "Persons, firms across villages" "跨村人员与单位"
    PartiesTell "Persons and firms that leads of several villages name as payee, approver, handler or witness, and payees on the lists of several offices: to be looked at together, and no finding. A name alone links nobody: it takes one id, one person or owner, one telephone or one account. A lead about an approver names the approver alone; a random draw is no reason to stand here." "两个以上村的疑点涉及的人员和单位（收款人、审批人、经手人、证明人），以及两个以上单位的清单涉及的收款人，供合并核查参考，不是结论。仅名称相同不视为同一对象，须标识相同，或本人、经营者、电话、账号相同。审批人类疑点只计审批人本人；随机抽取的疑点不作为列入依据。"
    PartiesMore "Another {count}: see leads.xlsx" "另有 {count} 个，见 leads.xlsx"
    PartyId "Across villages" "跨村编号"
    PartyName "Person or firm" "人员或单位"
    PartyPerson "person" "个人"
    PartyFirm "firm" "单位"
    PartyUnknown "not registered" "未登记"
    PartyWith "{name} (linked: {others})" "{name}（关联：{others}）"
    PartySpread "Villages with leads: {villages}; lists of offices: {offices}; leads: {leads}" "疑点涉及 {villages} 个村、{offices} 个单位的清单，共 {leads} 条"
    PartyLeads "Leads that name it" "相关疑点"
    PartyRoles "Named in leads as" "疑点中的身份"
    ReceivedPayments "Payments received" "收款笔数"
    Received "Received, yuan" "收款金额（元）"
    SignedPayments "Payments signed" "经手审批笔数"
    Signed "Signed, yuan" "经手审批金额（元）"
    FirstDay "First day" "最早日期"
    LastDay "Last day" "最晚日期"
    LeadPayments "Of them in leads" "其中疑点付款笔数"
    LeadMoney "Of them in leads, yuan" "其中疑点付款金额（元）"
    Total "Total" "合计"
    LinkedBy "What links them" "关联依据"
    LinkPerson "{names}: the same person or owner ({what})" "{names}：同一人或同一经营者（{what}）"
    LinkPhone "{names}: the same telephone ({what})" "{names}：电话相同（{what}）"
    LinkAccount "{names}: the same account ({what})" "{names}：账号相同（{what}）"
    Timeline "Payments over time" "付款时间线"
    TimelineTell "Diamonds belong to the lead; large dots are other payments to the payee, small dots those that the approver signed. Dashes mark the limit." "菱形为本疑点的付款，大圆点为付给同一收款人的其他付款，小圆点为同一审批人审批的其他付款；虚线为审批限额。"
    Digits "Leading digits" "首位数字分布"
    DigitsTell "Bars: the subject's amounts. Line: Benford's law." "柱为该对象的金额，线为本福特定律。"
    KinPath "How they are related" "亲属关系路径"
    Degree "degree {degree}" "{degree} 级亲属"
    Peers "Among its peers" "在同类中的位置"
    PeersTell "How many subjects read as much; the mark is this one." "各指标值区间的对象数；标记处为本对象。"
    Overview "Overview" "概览"
    OverviewTell "Each tile is a village with the number of its leads; the colour ranks the villages with leads by the money that may be recovered." "每格一个村，数字为疑点数，颜色按最多可追回金额在有疑点的村中排位。"
    NoLead "no lead" "无疑点"
    DepthLeast "lowest quarter" "最低四分之一"
    DepthLess "second" "次低"
    DepthMore "third" "次高"
    DepthMost "highest quarter" "最高四分之一"
    All "all" "全部"
    Search "Search" "查找"
    Sort "Sort by" "排序"
    SortPlace "order of the list" "清单顺序"
    SortMoney "money" "金额"
    SortDue "due date" "期限"
    Shown "{count} leads shown" "显示 {count} 条"
    NoLeads "There is no lead for this office." "本单位没有疑点。"
    LeadView "Details of a lead" "疑点详情"
    Elsewhere "The details of the last {count} leads would make this page too large; their vouchers are in leads.xlsx, and `mingzhang show` prints them." "为控制页面大小，最后 {count} 条疑点的详情未列入本页；其凭证见 leads.xlsx，或用 mingzhang show 查看。"
    RegisterRows "Rows of registers" "登记资料"
    RegisterOf "Register" "登记资料名称"
    RegisterSays "What the row says" "记载内容"
    RegisterMoney "Money that no payment stands for" "无对应付款或入账的金额"
    MoreRows "{count} more rows: see leads.xlsx" "另有 {count} 行，见 leads.xlsx"
    Printed "On paper: the leads of this office in detail, and the one that is open. Those of the offices below are printed there." "打印件只含本级各条疑点的详情和当前打开的一条；下级单位的档案由其各自打印。"
    BackToList "Back to the list" "返回清单"
    Yuan "yuan" "元"
    ThisSubject "this one" "本对象"
    FormNotice "Notice of verification" "核查通知书"
    FormPaper "Working paper" "核查底稿"
    FormNoticeOpening "The points below are to be verified. This notice is not a finding: please explain them and provide the papers." "以下疑点需要核实。本通知不是结论，请你单位说明情况并提供有关资料。"
    FormPaperOpening "Facts from the ledger, to be compared with the original vouchers. Each is a point to verify, not a finding." "以下为账面反映的事实，请逐项与原始凭证核对。各项均为待核实疑点，不是结论。"
    FormNoticeClosing "Please answer in writing by {due}." "请于 {due} 前书面回复。"
    FormFacts "Facts recorded" "账面反映的事实"
    FormChecked "What verification showed" "核实情况"
    FormWanted "Please explain and provide" "请说明并提供"
    FormSteps "Steps of verification" "核查事项"
    FormBy "Verified by:" "核查人："
    FormReviewer "Reviewed by:" "复核人："
    FormOffice "Office (seal):" "承办单位（盖章）："
    FormDay "Date:" "日期："
    RunCounty "county {county}: {villages} villages, {lines} lines, {payments} payments; {asked} of {all} indicators asked" "{county} 县：{villages} 个村，{lines} 行分录，{payments} 笔付款；{all} 个指标中可核 {asked} 个"
    RunMissing "not recorded: {indicator} (no {missing})" "未记录：{indicator}（缺 {missing}）"
    RunRefused "{rows} rows were refused: see quarantine.parquet and quality.json" "拒收 {rows} 行，见 quarantine.parquet 和 quality.json"
    OutsideChart "NOTE: {share} % of the ledger rows ({rows} of {of}) have an account that is not in their chart, most often {accounts}. They have no class of expense, and cash among them is not seen as cash. Say in the column `chart` (2004 or 2024) which chart the codes are of, or map the accounts in the mapping of `mingzhang import`" "注意：{share}% 的分录（{of} 行中的 {rows} 行）科目不在其会计制度之内，最常见的是 {accounts}。这些分录没有支出类别，其中的现金也不作现金看待。请在 chart 列注明编码所属的会计制度（2004 或 2024），或在 mingzhang import 的映射文件中转换科目"
    LimitRequires "NOTE: cells of limits.requires with words that are not understood: {cells}, with {words}. What they ask for is not looked for. Understood are {known}" "注意：limits.requires 中有 {cells} 格的用词无法识别：{words}，其所要求的程序未核查。可用的词有 {known}"
    LimitClasses "NOTE: rows of limits whose `expense_class` is not understood: {cells}, with {words}. These limits are not used. Understood are {known}" "注意：limits 中有 {cells} 行的支出类别无法识别：{words}，这些限额未使用。可用的词有 {known}"
    CheckRead "ledger rows read     {totals}" "读入分录    {totals}"
    CheckKept "ledger rows kept     {totals}" "保留分录    {totals}"
    CheckRefused "ledger rows refused  {rows}" "拒收分录    {rows}"
    CheckEmptied "cells emptied        {cells}" "清空单元格  {cells}"
    CheckAccount "  {rows}  account {account} is not in its chart (rows kept)" "  {rows}  行的科目 {account} 不在其会计制度之内（已保留）"
    CheckFaults "faults, {shown} of {all}" "问题，{all} 条中的 {shown} 条"
    CheckDefect "  {file} row {row} {column}: `{value}`: {reason} ({done})" "  {file} 第 {row} 行 {column}：`{value}`：{reason}（{done}）"
    CheckRowRefused "row refused" "整行拒收"
    CheckCellEmptied "cell emptied" "单元格清空"
    CheckWordUnknown "word not understood" "用词无法识别"
    CheckFound "  {share} %  of {reference} are found" "  {share} %  能对应上：{reference}"
    CheckStops "a run would stop: {why}" "正式运行会中止：{why}"
    CheckTable "{table}: {rows} rows" "{table}：{rows} 行"
    CheckUnknownColumns "  not of the contract, not used: {columns}" "  不在数据约定之内、未使用的列：{columns}"
    CheckCounty "county {county}: {asked} of {all} indicators can be asked" "{county} 县：{all} 个指标中可核 {asked} 个"
    CheckAnswered "{answered} of {asked} {kind}s" "{asked} 个{kind}中 {answered} 个有指标值"
    CheckNotRecorded "not recorded: no {missing}" "未记录：缺 {missing}"
    CheckMore "  and {count} more (--json lists all)" "  另有 {count} 项（--json 列出全部）"
    CheckAndMore "{names} and {count} more" "{names} 等另 {count} 项"
    CheckFewest "county {county}: {few} of {villages} villages leave indicators unanswered that most villages answer" "{county} 县：{villages} 个村中有 {few} 个村缺少多数村都有指标值的指标"
    CheckIndicators "answered" "有指标值"
    CheckUsualElsewhere "lacks, unlike most villages" "多数村有而本村没有的指标"
    CheckWanted "county {county}: what delivering would add" "{county} 县：补充数据后可增加的指标"
    CheckThenAsked "  {needed}: {count} more indicators could be asked: {indicators}" "  {needed}：可增加 {count} 个指标：{indicators}"
    CheckThenAskedAndMore "  {needed}: {count} more indicators could be asked: {indicators}; and {more} that need something else too: {others}" "  {needed}：可增加 {count} 个指标：{indicators}；另有 {more} 个还需其他数据：{others}"
    CheckThenAskedTogether "  {needed}: {more} more indicators, which need something else too: {others}" "  {needed}：{more} 个指标需要，但还需其他数据：{others}"
    CheckNoRegister "There is no register of villages (table `villages`): whether any of them sent nothing cannot be said. {delivered} villages have vouchers." "没有村级名册（villages 表），无法判断是否有村未报送。有凭证的村 {delivered} 个。"
    CheckSilent "Without a voucher in the books: {silent} of {registered} villages of the register; townships without any: {townships}" "名册 {registered} 个村中，账内没有凭证的村 {silent} 个；全镇没有凭证的乡镇 {townships} 个"
    CheckSilentTownship "township without vouchers" "没有凭证的乡镇"
    CheckItsVillages "villages" "村数"
    CheckSilentVillage "village without vouchers" "没有凭证的村"
    CheckStrangers "  villages with vouchers that the register does not have, {count}: {villages}" "  有凭证但名册中没有的村 {count} 个：{villages}"
    CheckMonths "Villages with months without a voucher from {first} to {last}: {villages} of {all}" "{first} 至 {last} 之间有缺月的村：{all} 个村中 {villages} 个"
    CheckMonthCount "months" "缺月数"
    CheckWithout "without a voucher" "没有凭证的月份"
    CheckOutside "outside these months (dates mistyped?)" "范围外的月份（日期可能有误）"
    CheckLate "Villages whose last voucher lies more than 62 days before {day}: {villages}" "最后一张凭证早于 {day} 超过 62 天的村：{villages} 个"
    CheckLastDay "last voucher" "最后凭证日期"
    CheckDaysBehind "days behind" "落后天数"
    CheckNever "Never recorded in the ledger of any village: {columns}" "所有村都从未记录的栏目：{columns}"
    CheckPartly "Recorded in some villages and never in others:" "有的村记录、有的村从未记录的栏目："
    CheckColumn "column" "栏目"
    CheckRecordedIn "recorded in" "记录的村数"
    CheckNeverIn "never in" "未记录的村数"
    CheckNeverNamed "villages that never do" "从未记录的村"
    RunAsOf "as of {day}; {stages}" "截至 {day}；{stages}"
    RunPublished "published: {folder}" "已发布：{folder}"
    StageDigest "digest" "校验码"
    StageRead "read and conform" "读取与校验"
    StageViews "views" "索引"
    StageIndicators "indicators" "指标"
    StageFeatures "features" "特征"
    StageDrift "drift" "漂移"
    StagePlant "plant and score" "植入与评分"
    StageScore "fit and score" "拟合与评分"
    StageLeads "leads" "清单"
    StagePublish "publish" "发布"
    StageRegisters "registers" "登记资料比对"
    StageOffices "offices" "各单位文件夹"
    DemoMade "A simulated county in {folder}. Every person, payee and act in it is made up." "模拟县在 {folder}，其中的人员、收款人和行为全部虚构。"
    DemoPlanted "What was planted, and what of it stands at the head of the rankings" "植入的模拟违规行为，以及其中有多少排在前列"
    MadeTable "table" "表"
    MadeRows "rows" "行数"
    MadePayments "payments" "付款笔数"
    DemoScheme "scheme" "手法"
    ExpectedIncome "Expected income" "应收未收"
    RentsNone "No rent that fell due in these books is recorded." "未登记账簿期间到期的应收租金。"
    RentsTell "Rent that fell due in the books: {dues} dues, {amount} yuan; {lacking} of them are not booked in full 90 days later, which leaves {open} yuan." "账簿期间到期租金 {dues} 笔，计 {amount} 元；其中 {lacking} 笔逾期 90 天仍未足额入账，差额 {open} 元。"
    LeaseNo "Lease" "租约编号"
    Tenant "Tenant" "承租人"
    RentAsset "Asset" "资产类别"
    RentDue "Due on" "应收日期"
    RentAmount "Due, yuan" "应收（元）"
    RentPaid "Booked, yuan" "已入账（元）"
    RentLacking "Not booked, yuan" "未入账（元）"
    RentDays "Days since" "天数"
    RentState "State" "入账情况"
    RentVouchers "Booked by" "入账凭证"
    RentWaiver "Waived by" "减免决策"
    RentBooked "booked in full" "已足额入账"
    RentLate "booked in full, late" "逾期后足额入账"
    RentPart "booked in part" "部分入账"
    RentMissing "not booked" "未入账"
    RentOpen "not yet late" "尚未逾期"
    RentWaived "waived by decision" "已决定减免或缓交"
    RentBeforeBooks "due as the books begin" "账簿期初到期，可能已在此前入账"
    RentNoIncome "the village books no income" "该村账簿没有任何收入"
    DemoActs "acts" "行为"
    DemoTop "in top 1 %" "前 1 %"
    DemoTopPayments "in top 100 payments" "前 100 笔付款"
    DemoListed "on the list" "在清单上"
    DemoLookAlikes "look-alikes" "形似但正当"
    DemoFiles "The county's workbook and page: {folder}" "县级工作簿和网页：{folder}"
    DemoCareful "A line of a list is a point to verify (“待核实疑点”), never a finding." "清单上的每一行都是待核实疑点，不是结论。"
    TableLedger "ledger" "账目"
    TableVillages "villages" "村情"
    TablePeople "people" "人员"
    TablePosts "posts" "任职"
    TableKinship "kinship" "亲属关系"
    TablePayees "payees" "收款人登记"
    TableLimits "limits" "审批限额"
    TableDecisions "decisions" "集体决议"
    TableContracts "contracts" "合同"
    TableLeases "leases" "资产租赁"
    TableSubsidies "subsidies" "补贴发放"
    TableStandards "standards" "补贴标准"
    TableDisclosures "disclosures" "财务公开"
    TableBank "bank" "银行日记账"
    TableAdvances "advances" "往来借款"
    TableCalendar "calendar" "日历"
    NoticesAndBooks "Notices and books" "公开核对"
    Period "Period" "所属期"
    Section "Section" "公开栏目"
    Posted "Posted, yuan" "公示金额（元）"
    Booked "Booked, yuan" "账面金额（元）"
    Difference "Difference, yuan" "差额（元）"
    DaysLate "Days late" "迟延天数"
    NoticeState "State" "核对结果"
    NoticeAgrees "agrees" "一致"
    NoticeRounded "agrees but for rounding" "尾数取整"
    NoticeCutOff "stands in the period beside" "截止差异"
    NoticeLate "posted late" "公示迟延"
    NoticeRemoved "taken down early" "提前撤下"
    NoticeChanged "changed after it was posted" "公示后更改"
    NoticeAggregated "posted under another account" "并入其他科目"
    NoticeMissing "not posted" "未公示"
    NoticeDifferent "differs" "金额不符"
    PostingTitle "{village}: finances of {period}" "{village}{period}财务公开"
    PostingDay "Posted on" "公示日期"
    PostingUntil "Posted until:" "公示截止："
    PostingMade "Made by:" "制表："
    PostingCommittee "Supervising committee:" "村务监督委员会："
    PostingAsk "Questions about this notice are answered by the village and by the township's finance office." "对公示内容有疑问的，可向村委会和乡镇农经机构查询。"
    PostingMasked "Names of persons are masked; numbers of cards, accounts and telephones are not shown. Accounts and sums are those of the ledger." "个人姓名已作遮盖，不公示证件号、账号和电话。科目和金额取自账簿。"
    PostingAbsent "Not recorded in the dataset, and left out: {sections}." "数据集中没有记录、未列出的栏目：{sections}。"
    PostingSomebody "a person" "个人"
    PostingIncome "Income" "收入"
    PostingExpense "Expenses" "支出"
    PostingPayments "Payments of 1,000 yuan and more" "1000元以上支出明细"
    PostingSubsidies "Subsidies" "补贴发放"
    PostingLeases "Leases" "资产资源发包租赁"
    PostingAdvances "Open advances" "未结清借支"
    PostingMoney "Cash and bank" "货币资金"
    PostingScheme "Scheme" "补贴项目"
    PostingPerson "Name" "姓名"
    PostingAsset "Asset" "资产类别"
    PostingArea "Area, mu" "面积（亩）"
    PostingTenant "Tenant" "承租人"
    PostingEnd "Until" "到期日"
    PostingRent "Rent a year, yuan" "年租金（元）"
    PostingReceived "Came in, yuan" "本期收入（元）"
    PostingPaid "Went out, yuan" "本期支出（元）"
    PostingChange "Change, yuan" "本期增减（元）"
    PostingSum "Sum" "合计"
    PostingNone "None in this period." "本期无。"
    PostingNext "Put the rows of the .csv into the table `disclosures` of the dataset, in place of those that it has of this period: the next run then finds the notice as it is in the ledger." "把 .csv 中的各行加入数据集的 disclosures 表（替换该期原有各行），下次运行时公示即与账面一致。"
);

/// A template with its cells put in.
pub fn fill(template: &str, cells: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        // One pass: a cell that looks like a template is text like any other.
        text.push_str(cells.iter().find(|(own, _)| *own == name).map_or("", |(_, cell)| cell));
        rest = after;
    }
    text + rest
}

/// What an office reads for a column of the contract that is not recorded, such as `limits.requires`, or for a table.
pub fn recorded(code: &str, lang: Lang) -> String {
    let (table, field) = code.split_once('.').unwrap_or((code, ""));
    let word = word_of(&TABLE_WORDS, table);
    let known = TABLES.iter().find(|it| it.name == table);
    let field = known.and_then(|it| it.fields.iter().find(|it| it.name == field));
    match (lang, word, field) {
        (Lang::Zh, Some(word), Some(field)) => format!("{}·{}（{code}）", word.to(lang), field.zh),
        (Lang::Zh, Some(word), None) => format!("{}（{code}）", word.to(lang)),
        _ => code.to_owned(),
    }
}

/// What a person reads for a stage of a run.
pub fn stage(name: &'static str, lang: Lang) -> &'static str {
    word_of(&STAGE_WORDS, name).map_or(name, |word| word.to(lang))
}

/// The word among some whose English is a name of the program.
fn word_of(words: &[Word], name: &str) -> Option<Word> {
    words.iter().find(|word| word.to(Lang::En) == name).copied()
}

/// The stages of a run.
const STAGE_WORDS: [Word; 12] = [
    Word::StageDigest,
    Word::StageRead,
    Word::StageViews,
    Word::StageIndicators,
    Word::StageFeatures,
    Word::StageDrift,
    Word::StagePlant,
    Word::StageScore,
    Word::StageLeads,
    Word::StagePublish,
    Word::StageRegisters,
    Word::StageOffices,
];

/// The tables that indicators read.
const TABLE_WORDS: [Word; 16] = [
    Word::TableLedger,
    Word::TableVillages,
    Word::TablePeople,
    Word::TablePosts,
    Word::TableKinship,
    Word::TablePayees,
    Word::TableLimits,
    Word::TableDecisions,
    Word::TableContracts,
    Word::TableLeases,
    Word::TableSubsidies,
    Word::TableStandards,
    Word::TableDisclosures,
    Word::TableBank,
    Word::TableAdvances,
    Word::TableCalendar,
];

/// The name of a scheme, or of what is merely unusual.
pub fn scheme(scheme: Option<Scheme>) -> Word {
    match scheme {
        None => Word::Unusual,
        Some(Scheme::Splitting) => Word::SchemeSplitting,
        Some(Scheme::KinBenefit) => Word::SchemeKinBenefit,
        Some(Scheme::Duplicate) => Word::SchemeDuplicate,
        Some(Scheme::OffBook) => Word::SchemeOffBook,
        Some(Scheme::Misposting) => Word::SchemeMisposting,
        Some(Scheme::InventedAmounts) => Word::SchemeInventedAmounts,
        Some(Scheme::Procedure) => Word::SchemeProcedure,
        Some(Scheme::Ghost) => Word::SchemeGhost,
        Some(Scheme::Advances) => Word::SchemeAdvances,
        Some(Scheme::UnusualSpending) => Word::SchemeUnusualSpending,
        Some(Scheme::LateRecords) => Word::SchemeLateRecords,
        Some(Scheme::Collusion) => Word::SchemeCollusion,
        Some(Scheme::AssetLeakage) => Word::SchemeAssetLeakage,
        Some(Scheme::Disclosure) => Word::SchemeDisclosure,
    }
}

/// The name of what a column of the ledger holds, where its words are those of the contract.
pub fn value(column: &str, cell: &str) -> Option<Word> {
    Some(match (column, cell) {
        ("side", "debit") => Word::Debit,
        ("side", "credit") => Word::Credit,
        ("document" | "method", own) => return kind(own),
        ("committee_stamp" | "fixed_standard", "yes") => Word::Yes,
        ("committee_stamp" | "fixed_standard", "no") => Word::No,
        _ => return None,
    })
}

/// The name of a class of expense.
pub fn class(class: Class) -> Word {
    match class {
        Class::Production => Word::ClassProduction,
        Class::NonProduction => Word::ClassNonProduction,
        Class::Construction => Word::ClassConstruction,
        Class::Subsidy => Word::ClassSubsidy,
        Class::Wage => Word::ClassWage,
        Class::Other => Word::ClassOther,
    }
}

/// The name of a post of the contract; another post is called as the table `posts` calls it.
pub fn post(post: &str) -> Option<Word> {
    Some(match post {
        "secretary" => Word::PostSecretary,
        "director" => Word::PostDirector,
        "committee" => Word::PostCommittee,
        "supervisor" => Word::PostSupervisor,
        "clerk" => Word::PostClerk,
        _ => return None,
    })
}

/// The name of a signature or an act.
pub fn duty(duty: Duty) -> Word {
    match duty {
        Duty::Approver => Word::DutyApprover,
        Duty::Cosigner => Word::DutyCosigner,
        Duty::CommitteeStamp => Word::DutyCommitteeStamp,
        Duty::TownshipReviewer => Word::DutyTownshipReviewer,
        Duty::Decision => Word::DutyDecision,
        Duty::Handler => Word::DutyHandler,
        Duty::Witness => Word::DutyWitness,
    }
}

/// The name of a kind of document or a method of payment of the contract; others are called as the ledger calls them.
pub fn kind(kind: &str) -> Option<Word> {
    Some(match kind {
        "invoice" => Word::KindInvoice,
        "receipt" => Word::KindReceipt,
        "list" => Word::KindList,
        "self_made" => Word::KindSelfMade,
        "none" => Word::KindNone,
        "cash" => Word::KindCash,
        "transfer" => Word::KindTransfer,
        "card" => Word::KindCard,
        "other" => Word::KindOther,
        _ => return None,
    })
}

/// The sentence of a fact that is no indicator's.
pub fn fact(key: &str) -> Option<Word> {
    Some(match key {
        "over_county" => Word::FactOverCounty,
        "over_payee" => Word::FactOverPayee,
        "over_payee_account" => Word::FactOverPayeeAccount,
        "largest" => Word::FactLargest,
        "payments" => Word::FactPayments,
        "small_sums" => Word::FactSmallSums,
        "ranking" => Word::FactRanking,
        _ => return None,
    })
}

/// What would clear a point of this scheme.
pub fn clears(scheme: Option<Scheme>) -> Word {
    match scheme {
        None => Word::ClearUnusual,
        Some(Scheme::Splitting) => Word::ClearSplitting,
        Some(Scheme::KinBenefit) => Word::ClearKinBenefit,
        Some(Scheme::Duplicate) => Word::ClearDuplicate,
        Some(Scheme::OffBook) => Word::ClearOffBook,
        Some(Scheme::Misposting) => Word::ClearMisposting,
        Some(Scheme::InventedAmounts) => Word::ClearInventedAmounts,
        Some(Scheme::Procedure) => Word::ClearProcedure,
        Some(Scheme::Ghost) => Word::ClearGhost,
        Some(Scheme::Advances) => Word::ClearAdvances,
        Some(Scheme::UnusualSpending) => Word::ClearUnusualSpending,
        Some(Scheme::LateRecords) => Word::ClearLateRecords,
        Some(Scheme::Collusion) => Word::ClearCollusion,
        Some(Scheme::AssetLeakage) => Word::ClearAssetLeakage,
        Some(Scheme::Disclosure) => Word::ClearDisclosure,
    }
}

/// What a village is asked about a point of this scheme.
pub fn question(scheme: Option<Scheme>) -> Word {
    match scheme {
        None => Word::AskUnusual,
        Some(Scheme::Splitting) => Word::AskSplitting,
        Some(Scheme::KinBenefit) => Word::AskKinBenefit,
        Some(Scheme::Duplicate) => Word::AskDuplicate,
        Some(Scheme::OffBook) => Word::AskOffBook,
        Some(Scheme::Misposting) => Word::AskMisposting,
        Some(Scheme::InventedAmounts) => Word::AskInventedAmounts,
        Some(Scheme::Procedure) => Word::AskProcedure,
        Some(Scheme::Ghost) => Word::AskGhost,
        Some(Scheme::Advances) => Word::AskAdvances,
        Some(Scheme::UnusualSpending) => Word::AskUnusualSpending,
        Some(Scheme::LateRecords) => Word::AskLateRecords,
        Some(Scheme::Collusion) => Word::AskCollusion,
        Some(Scheme::AssetLeakage) => Word::AskAssetLeakage,
        Some(Scheme::Disclosure) => Word::AskDisclosure,
    }
}

/// The name of a level.
pub fn level(level: Level) -> Word {
    match level {
        Level::County => Word::County,
        Level::Township => Word::Township,
        Level::Village => Word::Village,
    }
}

/// What a lead is about.
pub fn grain(grain: Grain) -> Word {
    match grain {
        Grain::Payment => Word::OfPayment,
        Grain::Payee => Word::OfPayee,
        Grain::Official => Word::OfOfficial,
        Grain::Village => Word::OfVillage,
    }
}

/// So many subjects of a kind, and so many of those named before.
pub fn counted(grain: Grain) -> [Word; 2] {
    match grain {
        Grain::Payment => [Word::CountPayments, Word::UnitPayments],
        Grain::Payee => [Word::CountPayees, Word::UnitPayees],
        Grain::Official => [Word::CountOfficials, Word::UnitOfficials],
        Grain::Village => [Word::CountVillages, Word::UnitVillages],
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, Word, fill, recorded};
    use crate::indicators::CATALOGUE;

    fn cells(template: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            template.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn every_text_is_there_in_both_languages_with_the_same_cells() {
        for word in Word::ALL {
            let [en, zh] = [word.to(Lang::En), word.to(Lang::Zh)];
            assert!(!en.trim().is_empty() && !zh.trim().is_empty(), "{word:?}");
            assert_eq!(cells(en), cells(zh), "{word:?}");
            assert!(en.is_ascii() || en.contains('“'), "{word:?}: {en}");
            assert!(!zh.is_ascii(), "{word:?}: {zh}");
        }
    }

    #[test]
    fn what_an_indicator_needs_has_a_chinese_name() {
        for code in CATALOGUE.iter().flat_map(|entry| entry.card.requires) {
            let run = recorded(code, Lang::Zh);
            assert!(run.ends_with(&format!("（{code}）")), "{run}");
        }
        assert_eq!(recorded("limits.requires", Lang::En), "limits.requires");
    }

    #[test]
    fn a_cell_that_looks_like_a_template_stays_as_it_is() {
        assert_eq!(fill("a {x} b {y} c", &[("x", "{y}"), ("y", "1")]), "a {y} b 1 c");
        assert_eq!(fill("open {", &[]), "open ");
    }
}
