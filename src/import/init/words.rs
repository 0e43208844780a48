//! The column names that offices use, and their meaning.

use crate::import::names::plain_name;

/// The role of a source column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::import) enum Role {
    /// A column of the contract, by its name.
    Field(&'static str),
    /// The name of a village.
    VillageName,
    /// The name of a township.
    Township,
    /// 凭证字: the type of voucher, if not part of the number.
    VoucherWord,
    /// The year of a date that has separate columns for year, month and day.
    Year,
    /// See [`Role::Year`].
    Month,
    /// See [`Role::Year`].
    DayOfMonth,
    /// An account, as a code or with its name.
    Account,
    /// The offset account of a cash book row.
    CounterAccount,
    /// The name of an account without its code.
    AccountName,
    /// The debit account of a row that names both accounts.
    DebitAccount,
    /// See [`Role::DebitAccount`].
    CreditAccount,
    /// A column of debit amounts.
    Debit,
    /// A column of credit amounts.
    Credit,
    /// The receipts of a cash book.
    Income,
    /// The payments of a cash book.
    Expense,
    /// A balance.
    Balance,
    /// The sum of the amount columns of a row.
    Total,
    /// A running number.
    Sequence,
}

use Role::{
    Account, AccountName, Balance, CounterAccount, Credit, CreditAccount, DayOfMonth, Debit,
    DebitAccount, Expense, Field, Income, Month, Sequence, Total, Township, VillageName,
    VoucherWord, Year,
};

/// Column names of each role, without blanks and text in brackets.
#[rustfmt::skip]
const NAMES: &[(Role, &[&str])] = &[
    (Field("village"), &["村代码", "村编码", "村编号", "村级代码", "行政村代码", "行政村编码", "单位代码", "单位编码",
        "单位编号", "核算单位代码", "核算单位编码", "行政区划代码", "行政区划编码", "行政区划", "区划代码", "区划编码",
        "组织代码", "组织编码", "机构代码", "机构编码", "账套代码", "账套编码", "账套编号", "账套号", "集体经济组织代码",
        "统计用区划代码", "village", "villagecode", "villageid"]),
    (VillageName, &["村名", "村名称", "村", "行政村", "行政村名称", "村社", "村(社区)", "村社区", "社区", "单位", "单位名称",
        "核算单位", "核算单位名称", "账套", "账套名称", "组织名称", "机构名称", "村集体", "集体经济组织", "集体经济组织名称",
        "经济组织名称", "合作社", "合作社名称", "所属村", "所在村", "村委会", "村居", "村别", "villagename"]),
    (Field("date"), &["日期", "凭证日期", "记账日期", "制单日期", "业务日期", "付款日期", "支付日期", "发生日期", "交易日期",
        "入账日期", "登记日期", "报账日期", "支出日期", "开支日期", "记账时间", "付款时间", "支付时间", "交易时间", "时间",
        "date", "voucherdate", "postingdate", "paymentdate", "transactiondate"]),
    (Year, &["年", "年份", "年度", "会计年度", "year"]),
    (Month, &["月", "月份", "month"]),
    (DayOfMonth, &["日", "day"]),
    (Township, &["乡镇", "镇", "乡", "乡镇名称", "镇街", "街道", "所属乡镇", "乡(镇)", "township"]),
    (CounterAccount, &["对方科目", "对方科目编码", "对方科目代码", "对应科目", "对方会计科目", "对方科目名称"]),
    (VoucherWord, &["凭证字", "凭证类别", "凭证类型", "凭证种类", "凭证类", "字", "类别字"]),
    (Field("voucher"), &["凭证号", "凭证字号", "凭证编号", "凭证号码", "凭证号数", "记账凭证号", "记账凭证编号", "会计凭证号",
        "凭证", "单据编号", "单据号", "单据号码", "单号", "流水号", "业务编号", "业务号", "付款单号", "支付单号", "支付编号",
        "申请单号", "报账单号", "编号", "号", "字号", "voucher", "voucherno", "vouchernumber", "journalno", "journalid"]),
    (Field("line"), &["分录", "分录号", "分录序号", "行号", "分录行号", "明细行", "明细序号", "line", "lineno"]),
    (Field("account"), &["科目编码", "科目代码", "科目编号", "科目号", "会计科目编码", "会计科目代码", "会计科目编号",
        "明细科目编码", "明细科目代码", "accountcode", "accountno"]),
    (Account, &["科目", "会计科目", "科目编码及名称", "科目编码名称", "科目代码及名称", "科目编码和名称", 
        "记账科目", "入账科目", "account"]),
    (AccountName, &["科目名称", "会计科目名称", "科目全称", "明细科目", "明细科目名称", "一级科目", "总账科目", "二级科目",
        "accountname"]),
    (DebitAccount, &["借方科目", "借方科目编码", "借方科目代码", "借方会计科目", "借记科目"]),
    (CreditAccount, &["贷方科目", "贷方科目编码", "贷方科目代码", "贷方会计科目", "贷记科目"]),
    (Field("side"), &["方向", "借贷方向", "借贷", "借/贷", "借贷标志", "借贷标识", "记账方向", "收支方向", "收支类型", "收支",
        "side", "drcr"]),
    (Debit, &["借方", "借方金额", "借方发生额", "借方发生", "借方本币", "借方本币金额", "本币借方", "借方金额合计", "借金额",
        "借", "debit", "debitamount", "dr"]),
    (Credit, &["贷方", "贷方金额", "贷方发生额", "贷方发生", "贷方本币", "贷方本币金额", "本币贷方", "贷金额", "贷", "credit",
        "creditamount", "cr"]),
    (Field("amount"), &["金额", "发生额", "本币金额", "支付金额", "付款金额", "交易金额", "实付金额", "实际支付金额",
        "原币金额", "报账金额", "报销金额", "发生金额", "本次支付金额", "支付数", "实付", "付款额", "小写金额", "amount", "paid",
        "paidamount", "amountpaid"]),
    (Income, &["收入", "收入金额", "收方", "收方金额", "收入数", "收款金额", "存入", "收", "增加", "收入额", "income",
        "receipts"]),
    (Expense, &["支出", "支出金额", "付方", "付方金额", "支出数", "付出", "付出金额", "支取", "付", "支", "减少", "支出额", "expense",
        "payments"]),
    (Balance, &["余额", "结余", "结存", "结余金额", "账面余额", "余额金额", "期末余额", "balance"]),
    (Total, &["合计", "合计金额", "小计", "总计", "合计数", "total"]),
    (Field("summary"), &["摘要", "用途", "事由", "业务摘要", "业务内容", "支出事由", "付款事由", "款项用途", "资金用途",
        "支付用途", "开支内容", "支出内容", "支付内容", "内容", "事项", "支出事项", "摘要说明", "项目内容", "说明", "summary",
        "description", "purpose", "narrative"]),
    (Field("payee"), &["收款人编号", "收款人编码", "收款人代码", "收款人id", "收款单位编码", "收款单位编号", "收款方编码",
        "供应商编码", "供应商编号", "供应商代码", "往来单位编码", "往来单位编号", "客商编码", "客商编号", "payee", "payeeid",
        "vendor", "vendornum", "vendorid", "vendorno", "supplierid"]),
    (Field("payee_name"), &["收款人", "收款单位", "收款方", "收款人名称", "收款人姓名", "收款单位名称", "收款方名称",
        "收款人户名", "收款户名", "收款账户名称", "户名", "领款人", "领款单位", "受款人", "供应商", "供应商名称", "往来单位",
        "往来单位名称", "客商", "客商名称", "对方户名", "对方单位", "对方单位名称", "对方名称", "交易对方", "收款人(单位)",
        "收款单位(个人)", "收款单位/个人", "payeename", "vendorname", "supplier", "suppliername", "beneficiary"]),
    (Field("payee_account"), &["收款账号", "收款人账号", "收款帐号", "收款人帐号", "收款银行账号", "收款方账号", "收款单位账号",
        "收款账户", "银行账号", "银行帐号", "对方账号", "对方帐号", "收款卡号", "银行卡号", "卡号", "开户账号", "账号", "帐号",
        "payeeaccount", "iban"]),
    (Field("method"), &["支付方式", "结算方式", "付款方式", "支付渠道", "付款渠道", "支付类型", "付款类型", "method",
        "paymentmethod"]),
    (Field("document"), &["票据类型", "票据种类", "票据类别", "原始凭证种类", "原始凭证类型", "凭据类型", "发票类型", "票据",
        "document", "documenttype"]),
    (Field("document_no"), &["发票号", "发票号码", "发票编号", "票据号", "票据号码", "票据编号", "票号", "原始凭证号",
        "原始凭证号码", "原始凭证编号", "documentno", "invoice", "invoiceno", "invoicenumber", "invnum", "invno"]),
    (Field("document_date"), &["开票日期", "发票日期", "票据日期", "原始凭证日期", "documentdate", "invoicedate"]),
    (Field("attachments"), &["附件", "附件数", "附件张数", "附件数量", "附件数(张)", "附单据", "附单据数", "附单据张数",
        "单据张数", "附单", "单据数", "attachments"]),
    (Field("handler"), &["经手人", "经办人", "经手", "经办", "经手人姓名", "经办人姓名", "报账人", "报销人", "handler"]),
    (Field("witness"), &["证明人", "证明人姓名", "证明", "验收人", "证明人(验收人)", "witness"]),
    (Field("approver"), &["审批人", "审批人姓名", "审批", "批准人", "批准", "签批人", "审批领导", "审批人签字", "村书记审批",
        "书记审批", "approver"]),
    (Field("cosigner"), &["会签人", "会签", "联签人", "联签", "会审人", "cosigner"]),
    (Field("township_reviewer"), &["镇级审核人", "镇审核人", "乡镇审核人", "镇级审核", "乡镇审核", "镇街审核人", "镇(街)审核人",
        "乡镇审核员", "townshipreviewer"]),
    (Field("approved"), &["审批日期", "审批时间", "批准日期", "签批日期", "approved", "approvaldate"]),
    (Field("committee_stamp"), &["监委会盖章", "监委会审核", "村监委盖章", "监督委员会盖章", "村务监督委员会盖章", "监委会签章",
        "监委盖章", "committeestamp"]),
    (Field("decision"), &["决策编号", "决议编号", "集体决策编号", "四议两公开编号", "会议纪要编号", "会议记录编号", "decision"]),
    (Field("contract"), &["合同编号", "合同号", "合同编码", "合同", "contract", "contractno"]),
    (Field("project"), &["项目编号", "项目编码", "项目代码", "项目号", "项目", "project", "projectno"]),
    (Field("scheme"), &["补贴项目", "补贴项目编号", "补贴种类", "scheme"]),
    (Field("clerk"), &["制单人", "制单", "制单员", "录入人", "录入员", "录入", "填制人", "填单人", "制证人", "clerk",
        "enteredby"]),
    (Field("entered"), &["录入时间", "制单时间", "录入日期", "entered", "enteredat"]),
    (Field("fixed_standard"), &["按固定标准发放", "固定标准", "fixedstandard"]),
    (Sequence, &["序号", "行次", "no", "id"]),
];

/// Names of amounts that are not payments.
const OTHER_AMOUNTS: [&str; 12] = [
    "合同金额",
    "合同总",
    "预算",
    "发票金额",
    "计划",
    "应付",
    "未付",
    "累计",
    "税额",
    "大写",
    "数量",
    "单价",
];

/// First words of columns about the payer.
const OWN: [&str; 5] = ["付款账", "付款帐", "付款人", "付款单位", "本方"];

/// Names of counterparty columns that are used only if no column has a clearer name.
const VAGUE: [&str; 6] = ["账号", "帐号", "户名", "账户名称", "制单日期", "登记日期"];

/// The role of a column name with a score: 3 for the whole name, 2 without brackets, 1 for its ending.
pub(in crate::import) fn role(name: &str) -> Option<(Role, u8)> {
    let whole = plain_name(name).to_lowercase();
    // Exclude agreed, planned and total amounts, and the payer's account, which is the village's own.
    if OTHER_AMOUNTS.iter().any(|word| whole.contains(word))
        || OWN.iter().any(|word| whole.starts_with(word))
    {
        return None;
    }
    let whole: String =
        whole.chars().filter(|letter| !matches!(letter, '_' | '-' | '*' | ':')).collect();
    let last = whole.rsplit('/').next().unwrap_or(&whole).to_owned();
    let joined = whole.replace('/', "");
    let bare = |name: &str| name.split('(').next().unwrap_or_default().to_owned();
    let exact = |wanted: &str| {
        NAMES.iter().find(|(_, names)| names.contains(&wanted)).map(|(role, _)| *role)
    };
    for (form, sure) in [
        (whole.as_str(), 3),
        (&joined, 3),
        (&bare(&whole), 2),
        (&bare(&joined), 2),
        (&last, 2),
        (&bare(&last), 2),
    ] {
        if let Some(role) = exact(form) {
            return Some((role, if VAGUE.contains(&form) { 1 } else { sure }));
        }
    }
    // Match the longest known ending, such as 本次付款金额; short endings would match too many names.
    let bare = bare(&last);
    let ends = NAMES.iter().flat_map(|(role, names)| names.iter().map(move |name| (*role, *name)));
    let ends = ends
        .filter(|(_, name)| name.chars().count() >= 2 && !name.is_ascii() && bare.ends_with(name));
    ends.max_by_key(|(_, name)| name.len())
        .filter(|(_, name)| name.len() >= 6)
        .map(|(role, _)| (role, 1))
}

/// The unit in brackets in a column name, as written in a mapping.
pub(super) fn unit(name: &str) -> Option<&'static str> {
    let name = plain_name(name);
    let units = [("万元", "wan"), ("千元", "thousand"), ("(角)", "jiao"), ("(分)", "fen")];
    units.iter().find(|(word, _)| name.contains(word)).map(|(_, unit)| *unit)
}

/// Voucher types that precede the voucher number.
pub(super) const VOUCHER_WORDS: &[&str] = &[
    "记",
    "收",
    "付",
    "转",
    "现",
    "银",
    "现收",
    "现付",
    "银收",
    "银付",
    "记账",
    "收款",
    "付款",
    "转账",
    "现金收款",
    "现金付款",
    "银行收款",
    "银行付款",
    "通用",
];

/// Words for methods of payment and their codes.
#[rustfmt::skip]
pub(in crate::import) const METHODS: &[(&str, &str)] = &[
    ("现金", "cash"), ("现金支付", "cash"), ("转账", "transfer"), ("转帐", "transfer"), ("银行转账", "transfer"),
    ("银行", "transfer"), ("网银", "transfer"), ("电汇", "transfer"), ("汇款", "transfer"), ("支票", "transfer"),
    ("转账支付", "transfer"), ("线上支付", "transfer"), ("银农直联", "transfer"), ("惠农卡", "card"), ("公务卡", "card"),
    ("银行卡", "card"), ("一卡通", "card"), ("刷卡", "card"), ("卡", "card"), ("cash", "cash"), ("transfer", "transfer"),
    ("card", "card"), ("other", "other"), ("其他", "other"), ("其它", "other"),
];

/// Words for kinds of documents and their codes.
#[rustfmt::skip]
pub(in crate::import) const DOCUMENTS: &[(&str, &str)] = &[
    ("发票", "invoice"), ("增值税发票", "invoice"), ("普通发票", "invoice"), ("专用发票", "invoice"), ("电子发票", "invoice"),
    ("收据", "receipt"), ("财政票据", "receipt"), ("收款收据", "receipt"), ("花名册", "list"), ("发放表", "list"),
    ("工资表", "list"), ("清单", "list"), ("名册", "list"), ("自制凭证", "self_made"), ("自制", "self_made"),
    ("白条", "self_made"), ("证明单", "self_made"), ("无票", "none"), ("无", "none"), ("invoice", "invoice"),
    ("receipt", "receipt"), ("list", "list"), ("self_made", "self_made"), ("ownslip", "self_made"), ("none", "none"),
];

/// Words for debit and credit; in a register of payments, outgoing money is a debit.
#[rustfmt::skip]
pub(super) const SIDES: &[(&str, &str)] = &[
    ("借", "debit"), ("借方", "debit"), ("debit", "debit"), ("dr", "debit"), ("d", "debit"), ("贷", "credit"),
    ("贷方", "credit"), ("credit", "credit"), ("cr", "credit"), ("c", "credit"), ("支出", "debit"), ("支", "debit"),
    ("付", "debit"), ("付款", "debit"), ("收入", "credit"), ("收", "credit"), ("收款", "credit"),
];

/// Words for stamps and other flags, and their values.
#[rustfmt::skip]
pub(in crate::import) const FLAGS: &[(&str, &str)] = &[
    ("是", "yes"), ("有", "yes"), ("√", "yes"), ("已盖章", "yes"), ("已审核", "yes"), ("盖章", "yes"), ("通过", "yes"),
    ("1", "yes"), ("y", "yes"), ("yes", "yes"), ("true", "yes"), ("否", "no"), ("无", "no"), ("×", "no"), ("未盖章", "no"),
    ("未审核", "no"), ("未通过", "no"), ("0", "no"), ("n", "no"), ("no", "no"), ("false", "no"),
];

/// First-level accounts and common detail accounts of the chart of 2024 (财会〔2023〕14号) by name.
#[rustfmt::skip]
pub(in crate::import) const ACCOUNTS: &[(&str, &str)] = &[
    ("库存现金", "101"), ("现金", "101"), ("银行存款", "102"), ("短期投资", "111"), ("应收款", "112"), ("内部往来", "113"),
    ("库存物资", "121"), ("消耗性生物资产", "131"), ("生产性生物资产", "132"), ("公益性生物资产", "134"), ("长期投资", "141"),
    ("固定资产", "151"), ("累计折旧", "152"), ("在建工程", "153"), ("固定资产清理", "154"), ("无形资产", "161"),
    ("累计摊销", "162"), ("长期待摊费用", "171"), ("待处理财产损溢", "181"), ("短期借款", "201"), ("应付款", "211"),
    ("应付工资", "212"), ("应付劳务费", "213"), ("应交税费", "214"), ("长期借款及应付款", "221"), ("一事一议资金", "231"),
    ("专项应付款", "241"), ("资本", "301"), ("公积公益金", "311"), ("本年收益", "321"), ("收益分配", "322"),
    ("生产(劳务)成本", "401"), ("经营收入", "501"), ("投资收益", "502"), ("补助收入", "503"), ("其他收入", "504"),
    ("经营支出", "511"), ("税金及附加", "512"), ("管理费用", "513"), ("公益支出", "514"), ("其他支出", "515"),
    ("所得税费用", "521"), ("办公费", "513"), ("差旅费", "513"), ("会议费", "513"), ("水电费", "513"), ("误工补贴", "513"),
    ("印刷费", "513"), ("报刊费", "513"), ("培训费", "513"), ("干部报酬", "513"), ("通讯费", "513"), ("维修费", "513"),
    ("招待费", "513"), ("邮电费", "513"), ("交通费", "513"), ("环境卫生", "514"), ("道路维护", "514"), ("困难慰问", "514"),
    ("材料费", "511"),
];

/// First-level accounts of the chart of 2004 (财会〔2004〕12号) by name.
#[rustfmt::skip]
pub(in crate::import) const ACCOUNTS_2004: &[(&str, &str)] = &[
    ("库存现金", "101"), ("现金", "101"), ("银行存款", "102"), ("短期投资", "111"), ("应收款", "112"), ("内部往来", "113"), ("库存物资", "121"),
    ("牲畜(禽)资产", "131"), ("林木资产", "132"), ("长期投资", "141"), ("固定资产", "151"), ("累计折旧", "152"), ("固定资产清理", "153"),
    ("在建工程", "154"), ("短期借款", "201"), ("应付款", "202"), ("应付工资", "211"), ("应付福利费", "212"), ("长期借款及应付款", "221"),
    ("一事一议资金", "231"), ("资本", "301"), ("公积公益金", "311"), ("本年收益", "321"), ("收益分配", "322"), ("生产(劳务)成本", "401"),
    ("经营收入", "501"), ("经营支出", "502"), ("发包及上交收入", "511"), ("农业税附加返还收入", "521"), ("补助收入", "522"), ("其他收入", "531"),
    ("管理费用", "541"), ("其他支出", "551"), ("投资收益", "561"),
];

/// The meaning of a word in one of the lists above.
pub(in crate::import) fn meaning(
    list: &[(&'static str, &'static str)],
    word: &str,
) -> Option<&'static str> {
    let word = plain_name(word).to_lowercase();
    list.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Role, role, unit};
    use crate::import::names::plain_name;
    use crate::ledger::contract::schema::LEDGER;

    #[test]
    fn names_are_plain_and_mean_one_thing() {
        let mut all: Vec<&str> =
            NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        for name in &all {
            assert_eq!(plain_name(name).to_lowercase(), *name);
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for (role, _) in NAMES {
            if let Role::Field(field) = role {
                assert!(LEDGER.field(field).is_some(), "{field}");
            }
        }
    }

    #[test]
    fn names_are_known_with_units_levels_and_additions() {
        for (name, expected) in [
            ("金额（元）", Role::Field("amount")),
            ("凭证/号", Role::Field("voucher")),
            ("2024年/月", Role::Month),
            ("本次付款金额", Role::Field("amount")),
            ("借方 金额", Role::Debit),
            ("Payee_Name", Role::Field("payee_name")),
            ("收款人", Role::Field("payee_name")),
            ("管理费用/借方金额", Role::Debit),
        ] {
            assert_eq!(role(name).map(|(role, _)| role), Some(expected), "{name}");
        }
        for name in ["备注", "打印次数", "复核", "备注#2", "预留1"] {
            assert_eq!(role(name), None, "{name}");
        }
        assert_eq!((unit("金额（万元）"), unit("金额(元)")), (Some("wan"), None));
    }
}
